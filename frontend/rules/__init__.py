"""The texts of rules, stored in English, in the language of whoever reads them."""

from frontend.rules.telling import Piece, pieces, told

__all__ = ["Piece", "pieces", "told"]
