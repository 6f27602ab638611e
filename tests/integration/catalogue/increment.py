"""Run as a process: adds one to the number in the abstract of every record, again and again."""

import sys
from dataclasses import replace

from catalogue import records
from catalogue.database import open_catalogue
from catalogue.record import Draft


def increment(url: str, rounds: int, record_ids: list[str]) -> None:
    catalogue = open_catalogue(url)
    for _ in range(rounds):
        for record_id in record_ids:
            with catalogue.write() as session:
                record = records.get(session, record_id)
                number = int(record.abstract or 0) + 1
                draft = Draft(title=record.title)
                records.save(session, replace(draft, abstract=str(number)), record_id=record_id)
    catalogue.dispose()


if __name__ == "__main__":
    increment(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
