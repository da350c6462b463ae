"""First calls that run as they stand, once the key is in its place."""

from dataclasses import dataclass
from string import Template

PROMPT = "A red balloon drifts over the sea at sunset"

CURL = Template("""\
export MUTOSCOPE_KEY=$key
api=$base_url/api/v1
auth="Authorization: Bearer $$MUTOSCOPE_KEY"

# Ask for a video; the answer has its id.
id=$$(curl -s $$api/generations -H "$$auth" -H "Content-Type: application/json" \\
  -d '{"prompt": "$prompt", "seconds": 2, "size": "480p"}' \\
  | grep -o '"id":"[0-9]*"' | grep -o '[0-9]*')

# Follow it to its end, then download the result.
curl -sN $$api/generations/$$id/events -H "$$auth" > events.txt
link=$$(tail -n 5 events.txt | grep -o '"link":"[^"]*"' | cut -d '"' -f 4)
curl -s -o balloon.mp4 "$$link" && ls -l balloon.mp4
""")

PYTHON = Template("""\
import json, os, time, urllib.request

BASE = "$base_url/api/v1"
KEY = os.environ.get("MUTOSCOPE_KEY", "$key")


def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers)) as answer:
        return json.load(answer)


wish = {"prompt": "$prompt", "seconds": 2, "size": "480p"}
made = call("/generations", wish)
while made["state"] in ("queued", "running"):
    time.sleep(1)
    made = call(f"/generations/{made['id']}")
    print(f"{made['progress']['share']:.0%}", made["state"])
urllib.request.urlretrieve(made["results"][0]["link"], "balloon.mp4")
print("balloon.mp4", made["credits"]["cost"], "credits")
""")


@dataclass(frozen=True)
class Snippet:
    """A program and the language it is written in."""

    language: str
    text: str


def snippets(base_url: str, key: str) -> list[Snippet]:
    """The first calls, for this service."""
    values = {"base_url": base_url, "key": key, "prompt": PROMPT}
    return [
        Snippet("curl", CURL.substitute(values)),
        Snippet("Python", PYTHON.substitute(values)),
    ]
