"""The crews' sheets on A4, in French, Arabic or English, with maps drawn from the street lines."""

from analysis.roadbook.pdf.fonts import print_fonts
from analysis.roadbook.pdf.maps import Surroundings
from analysis.roadbook.pdf.sheet import Sheet, write_pdf

__all__ = ["Sheet", "Surroundings", "print_fonts", "write_pdf"]
