"""Small pictures, made when they are needed."""

import base64
import io

from PIL import Image


def png(width: int, height: int, colour: str = "red") -> bytes:
    """A PNG of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    return file.getvalue()


def base64_png(width: int, height: int, colour: str = "red") -> str:
    """The same in base64, as it travels in JSON."""
    return base64.b64encode(png(width, height, colour)).decode()
