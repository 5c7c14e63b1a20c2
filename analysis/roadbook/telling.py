"""A roadbook in words: what to say of each step. The words themselves come from outside, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from analysis.roadbook.roadbook import Roadbook, Step, StepKind, Street, Turn, name_in

DECIMAL_COMMA = ("fr", "ar")
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
DAY_S = 86_400
MOST_NAMED_EXIT = 4  # "the 4th exit"; further ones by their number


class Words(Protocol):
    """The text of a code, with values put in; `count` among them chooses the plural."""

    @property
    def language(self) -> str: ...

    def say(self, code: str, **values: object) -> str: ...


@dataclass(frozen=True)
class Teller:
    words: Words

    @property
    def right_to_left(self) -> bool:
        return self.words.language == "ar"

    def sentences(self, step: Step) -> tuple[str, ...]:
        """What to do, the way first: one sentence or two."""
        told = [self._way(step), self._work(step)]
        if step.wait_s >= 60:
            told.append(self.words.say("wait", time=clock(step.clock_s + step.wait_s)))
        return tuple(filter(None, told))

    def sentence(self, step: Step) -> str:
        return " ".join(f"{text}." for text in self.sentences(step))

    def street(self, street: Street | None) -> str:
        """Its name, else what kind of street without a name it is."""
        if street is None:
            return ""
        return name_in(street.names, self.words.language) or self.words.say(f"unnamed.{street.street_class}")

    def site(self, step: Step) -> str:
        return name_in(step.names, self.words.language) or ", ".join(map(short_id, step.ids))

    def distance(self, metres: float) -> str:
        """To ten metres; from one kilometre on to a hundred metres."""
        if metres < 995:
            return self.words.say(
                "metres", value=self.number(10 * round(metres / 10) if metres >= 10 else metres)
            )
        return self.words.say("kilometres", value=self.number(metres / 1000, 1))

    def load(self, kg: float) -> str:
        if kg < 995:
            return self.words.say("kilograms", value=self.number(kg))
        return self.words.say("tonnes", value=self.number(kg / 1000, 1))

    def duration(self, seconds: float) -> str:
        hours, minutes = divmod(round(seconds / 60), 60)
        return (
            self.words.say("hours", hours=hours, minutes=f"{minutes:02d}")
            if hours
            else self._minutes(minutes)
        )

    def number(self, value: float, digits: int = 0) -> str:
        text = f"{value:,.{digits}f}"
        if self.words.language in DECIMAL_COMMA:
            return text.replace(",", THIN_SPACE).replace(".", ",")
        return text

    def title(self, book: Roadbook) -> str:
        return self.words.say("title", vehicle=short_id(book.vehicle))

    def subtitle(self, book: Roadbook) -> str:
        """Day, fraction, district."""
        day = f"{self.words.say(f'weekday.{book.date.weekday()}')} {book.date:%d/%m/%Y}"
        fraction = self.words.say(f"fraction.{book.fraction}")
        return " · ".join(filter(None, [day, fraction, name_in(book.district, self.words.language)]))

    def totals(self, book: Roadbook) -> tuple[tuple[str, str], ...]:
        """(what, how much)"""
        totals = book.totals
        return (
            (self.words.say("total.shift"), f"{clock(book.starts_s)} – {clock(book.ends_s)}"),
            (self.words.say("total.distance"), self.distance(totals.distance_m)),
            (self.words.say("total.duration"), self.duration(totals.duration_s)),
            (self.words.say("total.tasks"), self.number(totals.tasks)),
            (self.words.say("total.load"), self.load(totals.load_kg)),
            (self.words.say("total.tips"), self.number(totals.tips)),
        )

    def _way(self, step: Step) -> str:
        if step.turn is Turn.ROUNDABOUT:
            code = f"roundabout.{step.exit if step.exit <= MOST_NAMED_EXIT else 'more'}"
            return self.words.say(code, exit=step.exit, street=self.street(step.street))
        if step.turn is not None:
            return self.words.say(f"turn.{step.turn}", street=self.street(step.street))
        return self.words.say("go", street=self.street(step.street)) if step.kind is StepKind.GO else ""

    def _work(self, step: Step) -> str:
        side = step.side or "unknown"
        match step.kind:
            case StepKind.DEPART if not step.names:  # from where the truck is
                return self.words.say("go", street=self.street(step.street))
            case StepKind.DEPART:
                return self.words.say("depart", site=self.site(step), street=self.street(step.street))
            case StepKind.COLLECT:
                return self.words.say(f"collect.{side}", distance=self.distance(step.length_m))
            case StepKind.EMPTY:
                return self.words.say(f"empty.{side}", count=len(step.ids))
            case StepKind.TIP:
                return self.words.say("tip", site=self.site(step))
            case StepKind.REST:
                return self.words.say("rest", duration=self._minutes(round(step.duration_s / 60)))
            case StepKind.END:
                return self.words.say("end", site=self.site(step))
        return ""

    def _minutes(self, minutes: int) -> str:
        return self.words.say("minutes", value=minutes)


def clock(seconds: float) -> str:
    """The time of day; after midnight it begins again."""
    minutes = int(seconds // 60) % (DAY_S // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def short_id(id: str) -> str:
    """The last part of an identifier, as it is painted on a truck or a container: "00012" of "casa:bin/00012"."""
    return id.rpartition("/")[2] or id
