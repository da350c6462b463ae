"""What goes over the wire in our own API, and the translations to and from our own words."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from mutoscope.catalog import Model
from mutoscope.core.clock import Milliseconds
from mutoscope.core.credits import credits_text
from mutoscope.core.request import PROMPT_LENGTH_MAX, SEED_MAX, ReferenceRole, Task, Wish
from mutoscope.generations import Asset, AssetKind, Generation, Upload
from mutoscope.media import decode_base64_picture

TaskName = Literal[
    "text_to_video",
    "image_to_video",
    "video_extend",
    "text_to_image",
    "image_to_image",
    "text_to_speech",
    "text_to_audio",
    "video_to_audio",
]
StateName = Literal["queued", "running", "succeeded", "failed", "canceled"]


class Urls(Protocol):
    """Where files are, as this caller reaches the service."""

    def asset(self, asset: Asset) -> str:
        """The address that needs the API key."""
        ...

    def link(self, asset: Asset) -> str:
        """The signed address that needs nothing."""
        ...


class ProblemReply(BaseModel):
    """Problem details (RFC 9457): what went wrong, in which field, and what would help."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    fix: str | None = None
    instance: str | None = None


class GenerationBody(BaseModel):
    """What to make. Only `prompt` is needed; the rest is up to the model unless said."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    prompt: Annotated[str, Field(max_length=PROMPT_LENGTH_MAX)] = ""
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    task: TaskName | None = Field(
        default=None, description="Taken from the pictures when left out: none means text_to_video."
    )
    negative_prompt: Annotated[str, Field(max_length=PROMPT_LENGTH_MAX)] = ""
    seconds: Annotated[float, Field(gt=0, le=3600)] | None = None
    size: Annotated[str, Field(max_length=20)] | None = Field(default=None, examples=["720p"])
    ratio: Annotated[str, Field(max_length=20)] | None = Field(default=None, examples=["16:9"])
    fps: Annotated[int, Field(ge=1, le=240)] | None = None
    callback_url: Annotated[str, Field(min_length=1, max_length=2048)] | None = Field(
        default=None, description="Where every change of state is posted, as a GET answers it."
    )
    seed: Annotated[int, Field(ge=0, le=SEED_MAX)] | None = None
    count: Annotated[int, Field(ge=1, le=9)] = 1
    image: str | None = Field(
        default=None, description="The first frame: a JPEG, PNG or WebP in base64."
    )
    last_image: str | None = Field(default=None, description="The last frame, likewise.")
    watermark: bool = Field(
        default=False, description="Of each result a second rendition, with a visible mark."
    )
    params: dict[str, Any] = Field(
        default_factory=dict, description="The model's own knobs: see `GET /models`."
    )

    def to_wish(self) -> Wish:
        """Translate to our own words."""
        return Wish(
            prompt=self.prompt,
            task=Task(self.task) if self.task else self._task(),
            model=self.model,
            negative_prompt=self.negative_prompt,
            size=self.size,
            ratio=self.ratio,
            seconds=self.seconds,
            fps=self.fps,
            seed=self.seed,
            count=self.count,
            watermark=self.watermark,
            params=self.params,
        )

    def uploads(self) -> list[Upload]:
        """The pictures, decoded from base64. PictureRejected names the field."""
        given = (
            (ReferenceRole.FIRST_FRAME, "image", self.image),
            (ReferenceRole.LAST_FRAME, "last_image", self.last_image),
        )
        return [
            Upload(role, decode_base64_picture(text, field=name), name)
            for role, name, text in given
            if text is not None
        ]

    def _task(self) -> Task:
        has_picture = self.image is not None or self.last_image is not None
        return Task.IMAGE_TO_VIDEO if has_picture else Task.TEXT_TO_VIDEO


class ShapeReply(BaseModel):
    """Pixels, frames and time."""

    width: int
    height: int
    frames: int
    fps: int
    seconds: float


class ProgressReply(BaseModel):
    """Where a generation is. `share` of the whole is done, from 0 to 1."""

    stage: str | None
    step: int
    steps: int
    share: float
    eta_seconds: float | None


class CreditsReply(BaseModel):
    """What was set aside, and what was charged in the end."""

    quote: str
    cost: str | None


class FailureReply(BaseModel):
    """Why a generation failed. Nothing was charged."""

    code: str
    detail: str


class NoteReply(BaseModel):
    """Something the model wants its caller to know, in two languages."""

    code: str
    zh: str
    en: str
    words: list[str]


class AssetReply(BaseModel):
    """A file to download. `url` needs the API key; `link` needs nothing, until it expires."""

    id: str
    kind: Literal["video", "image", "audio"]
    media_type: str
    size_bytes: int
    width: int
    height: int
    frames: int
    fps: int
    seconds: float
    sha256: str
    url: str
    link: str
    thumbnail_url: str | None
    strip_url: str | None
    watermarked_url: str | None


class GenerationReply(BaseModel):
    """One generation."""

    id: str
    state: StateName
    task: TaskName
    model: str
    prompt: str
    negative_prompt: str
    seed: int
    count: int
    shape: ShapeReply
    params: dict[str, Any]
    progress: ProgressReply
    credits: CreditsReply
    results: list[AssetReply]
    error: FailureReply | None
    notes: list[NoteReply]
    timings: dict[str, float] = Field(description="Seconds spent waiting and in each stage.")
    cancel_requested: bool
    attempt: int
    created_at: str
    started_at: str | None
    ended_at: str | None


class GenerationList(BaseModel):
    """A page of generations, newest first. Send `cursor` to get the next one; null at the end."""

    items: list[GenerationReply]
    cursor: str | None


class FormatReply(BaseModel):
    """A frame size on offer."""

    size: str
    ratio: str
    width: int
    height: int


class BilingualReply(BaseModel):
    """The same words in Chinese and English."""

    zh: str
    en: str


class PriceReply(BaseModel):
    """Credits by size: for a second of video and for a picture; by task where it differs."""

    per_second: dict[str, str]
    per_picture: dict[str, str]
    per_task: dict[str, dict[str, str]]


class ModelReply(BaseModel):
    """A model: what it accepts and costs."""

    id: str
    family: str
    title: BilingualReply
    description: BilingualReply
    runs_on: BilingualReply
    licence: str
    is_default: bool
    unavailable: str | None
    tasks: list[str]
    formats: list[FormatReply]
    fps: list[int]
    seconds_min: float
    seconds_max: float
    seconds_default: float
    count_max: int
    references: list[str]
    price: PriceReply
    params_schema: dict[str, Any]
    vocabulary: dict[str, Any] | None = Field(
        description="The words it knows, by kind and id; null where anything may be asked for."
    )


class ModelList(BaseModel):
    """All models, the default first."""

    items: list[ModelReply]


class BalanceReply(BaseModel):
    """A wallet: what may be spent, what is held for running jobs, and both together."""

    available: str
    held: str
    posted: str


class TransferReply(BaseModel):
    """A line of the ledger, seen from the wallet."""

    id: str
    kind: Literal["posted", "hold", "post_hold", "void_hold"]
    code: str
    amount: str
    direction: Literal["in", "out"]
    generation_id: str | None
    created_at: str


class TransferList(BaseModel):
    """A page of the statement, newest first."""

    items: list[TransferReply]
    cursor: str | None


class HealthReply(BaseModel):
    """Whether the service lives, or is ready for work."""

    status: Literal["ok", "not_ready"]
    version: str
    detail: str | None = None


def time_text(at: Milliseconds) -> str:
    """A moment as RFC 3339 in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def progress_reply(generation: Generation, now: Milliseconds) -> ProgressReply:
    """Where it is."""
    eta = generation.eta_seconds(now)
    return ProgressReply(
        stage=generation.stage,
        step=generation.step,
        steps=generation.steps,
        share=round(generation.share, 4),
        eta_seconds=None if eta is None else round(eta, 1),
    )


def model_reply(model: Model, *, is_default: bool) -> ModelReply:
    """Describe a model."""
    return ModelReply(
        id=model.id,
        family=model.family,
        title=BilingualReply(zh=model.title.zh, en=model.title.en),
        description=BilingualReply(zh=model.description.zh, en=model.description.en),
        runs_on=BilingualReply(zh=model.runs_on.zh, en=model.runs_on.en),
        licence=model.licence,
        is_default=is_default,
        unavailable=model.unavailable,
        tasks=sorted(model.tasks),
        formats=[
            FormatReply(size=f.size, ratio=f.ratio, width=f.width, height=f.height)
            for f in model.formats
        ],
        fps=list(model.length.fps),
        seconds_min=model.length.seconds_min,
        seconds_max=model.length.seconds_max,
        seconds_default=model.length.seconds_default,
        count_max=model.count_max,
        references=sorted(model.roles),
        price=PriceReply(
            per_second={s: credits_text(a) for s, a in model.price.per_second.items()},
            per_picture={s: credits_text(a) for s, a in model.price.per_picture.items()},
            per_task={
                task.value: {s: credits_text(a) for s, a in by_size.items()}
                for task, by_size in model.price.by_task().items()
            },
        ),
        params_schema=model.params.model_json_schema(),
        vocabulary=None if model.vocabulary is None else model.vocabulary.model_dump(mode="json"),
    )


def generation_reply(generation: Generation, now: Milliseconds, *, urls: Urls) -> GenerationReply:
    """Describe a generation as its owner sees it."""
    request = generation.request
    shape = request.shape
    return GenerationReply(
        id=str(generation.id),
        state=generation.state.value,
        task=request.task.value,
        model=request.model,
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        seed=request.seed,
        count=request.count,
        shape=ShapeReply(
            width=shape.width,
            height=shape.height,
            frames=shape.frames,
            fps=shape.fps,
            seconds=round(shape.seconds, 3),
        ),
        params=dict(request.params),
        progress=progress_reply(generation, now),
        credits=CreditsReply(
            quote=credits_text(generation.quote),
            cost=None if generation.cost is None else credits_text(generation.cost),
        ),
        results=[_asset_reply(generation, result, urls) for result in generation.results],
        error=None
        if generation.failure is None
        else FailureReply(code=generation.failure.code, detail=generation.failure.detail),
        notes=[
            NoteReply(code=n.code, zh=n.zh, en=n.en, words=list(n.words)) for n in generation.notes
        ],
        timings=dict(generation.timings),
        cancel_requested=generation.cancel_requested,
        attempt=generation.attempt,
        created_at=time_text(generation.created_at),
        started_at=_time_or_none(generation.started_at),
        ended_at=_time_or_none(generation.ended_at),
    )


KIND_NAMES: dict[AssetKind, Literal["video", "image", "audio"]] = {
    AssetKind.VIDEO: "video",
    AssetKind.IMAGE: "image",
    AssetKind.AUDIO: "audio",
}


def _asset_reply(generation: Generation, result: Asset, urls: Urls) -> AssetReply:
    thumbnail = generation.asset(AssetKind.THUMBNAIL, result.position)
    strip = generation.asset(AssetKind.STRIP, result.position)
    marked = generation.asset(AssetKind.WATERMARKED, result.position)
    return AssetReply(
        id=result.id,
        kind=KIND_NAMES[result.kind],
        media_type=result.media_type,
        size_bytes=result.size_bytes,
        width=result.width,
        height=result.height,
        frames=result.frames,
        fps=result.fps,
        seconds=round(result.seconds, 3),
        sha256=result.blob,
        url=urls.asset(result),
        link=urls.link(result),
        thumbnail_url=None if thumbnail is None else urls.asset(thumbnail),
        strip_url=None if strip is None else urls.asset(strip),
        watermarked_url=None if marked is None else urls.asset(marked),
    )


def _time_or_none(at: Milliseconds | None) -> str | None:
    return None if at is None else time_text(at)
