"""The page of `maas validate --html`: one file, no scripts."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gtfs.findings import Finding
    from gtfs.validate import Validation

_STYLE = """
body { font-family: sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #ccc; padding: .3em .6em; text-align: left; vertical-align: top }
.ERROR { color: #b00020 } .WARNING { color: #8a5a00 } .INFO { color: #225 }
h1, td { overflow-wrap: anywhere }
h1 { font-size: 1.4em }
.facts th { width: 9em }
@media (max-width: 40em) {
  body { margin: 1em 0 }
  .findings tr { display: block; border-bottom: 1px solid #ccc }
  .findings td { display: inline-block; border: 0 }
  .findings tr:first-child { display: none }
}
"""


def page(validation: "Validation") -> str:
    """Return the findings as HTML."""
    counts = ", ".join(f"{count} {name.lower()}" for name, count in validation.counts.items())
    facts = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in validation.facts.items()
    )
    rows = "".join(_row(found) for found in validation.findings)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(validation.path)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(validation.path)}</h1><p>{counts}</p>"
        f'<table class="facts">{facts}</table>'
        '<h2>Findings</h2><table class="findings"><tr>'
        "<th>Severity</th><th>Code</th><th>Count</th>"
        f"<th>What</th></tr>{rows}</table></body></html>\n"
    )


def _row(found: "Finding") -> str:
    examples = "".join(f"<li>{escape(example)}</li>" for example in found.examples)
    return (
        f'<tr><td class="{found.severity}">{found.severity}</td>'
        f"<td>{escape(found.code)}<br><small>{found.source}</small></td><td>{found.total}</td>"
        f"<td>{escape(found.message)}<ul>{examples}</ul></td></tr>"
    )
