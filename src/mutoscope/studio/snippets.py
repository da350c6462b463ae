"""First calls that run as they stand, for this service and, once there is one, with this key."""

from dataclasses import dataclass
from string import Template

from mutoscope.core.ids import KeyId
from mutoscope.identity import Credentials

PROMPT = "A red balloon drifts over the sea at sunset"
# What stands where a secret belongs, until a key is made.
NO_KEY = Credentials(KeyId(""), "ak_...", "sk_...", "mk_...")

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
import time

import httpx  # pip install httpx

api = httpx.Client(
    base_url="$base_url/api/v1", headers={"Authorization": "Bearer $key"}, timeout=60
)


def answer(reply):
    if reply.is_error:
        raise SystemExit(reply.text)
    return reply.json()


wish = {"prompt": "$prompt", "seconds": 2, "size": "480p"}
made = answer(api.post("/generations", json=wish))
while made["state"] in ("queued", "running"):
    time.sleep(1)
    made = answer(api.get(f"/generations/{made['id']}"))
    print(f"{made['progress']['share']:.0%}", made["state"])

with open("balloon.mp4", "wb") as file:
    file.write(httpx.get(made["results"][0]["link"]).content)
print("balloon.mp4", made["credits"]["cost"], "credits")
""")

KLING_JWT = Template("""\
import time

import httpx, jwt  # pip install httpx pyjwt

BASE = "$base_url/kling"  # was https://api-singapore.klingai.com
ACCESS_KEY, SECRET_KEY = "$access_key", "$secret_key"


def call(method, path, **options):
    now = int(time.time())
    claims = {"iss": ACCESS_KEY, "exp": now + 1800, "nbf": now - 5}
    token = jwt.encode(claims, SECRET_KEY, algorithm="HS256")
    headers = {"Authorization": f"Bearer {token}"}
    reply = httpx.request(method, BASE + path, headers=headers, **options).json()
    if reply["code"] != 0:
        raise SystemExit(f"{reply['code']}: {reply['message']}")
    return reply["data"]


wish = {"model_name": "kling-v2-6", "prompt": "$prompt", "mode": "std", "duration": "5"}
task = call("POST", "/v1/videos/text2video", json=wish)
while task["task_status"] in ("submitted", "processing"):
    time.sleep(1)
    task = call("GET", f"/v1/videos/text2video/{task['task_id']}")
    print(task["task_status"])

with open("balloon.mp4", "wb") as file:
    file.write(httpx.get(task["task_result"]["videos"][0]["url"]).content)
""")

KLING_KEY = Template("""\
import time

import httpx  # pip install httpx

api = httpx.Client(
    base_url="$base_url/kling",  # was https://api-singapore.klingai.com
    headers={"Authorization": "Bearer $key"},
)


def answer(reply):
    body = reply.json()
    if body["code"] != 0:
        raise SystemExit(f"{body['code']}: {body['message']}")
    return body["data"]


wish = {"prompt": "$prompt", "settings": {"resolution": "720p", "duration": 5}}
task = answer(api.post("/text-to-video/kling-3.0", json=wish))
while task["status"] in ("submitted", "processing"):
    time.sleep(1)
    (task,) = answer(api.get("/tasks", params={"task_ids": task["id"]}))
    print(task["status"])

with open("balloon.mp4", "wb") as file:
    file.write(httpx.get(task["outputs"][0]["url"]).content)
""")


@dataclass(frozen=True)
class Snippet:
    """A program: for whose clients, in which language."""

    id: str
    language: str
    text: str


def snippets(base_url: str, key: Credentials | None) -> list[Snippet]:
    """The first calls, for this service."""
    shown = key or NO_KEY
    values = {
        "base_url": base_url,
        "key": shown.api_key,
        "access_key": shown.access_key,
        "secret_key": shown.secret_key,
        "prompt": PROMPT,
    }
    return [
        Snippet("curl", "curl", CURL.substitute(values)),
        Snippet("python", "Python", PYTHON.substitute(values)),
        Snippet("kling-jwt", "Python", KLING_JWT.substitute(values)),
        Snippet("kling-key", "Python", KLING_KEY.substitute(values)),
    ]
