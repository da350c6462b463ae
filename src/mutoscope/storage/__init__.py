"""Bytes kept by the hash of their contents. Knows nothing of what the bytes mean."""

from mutoscope.storage.blobs import BlobStore
from mutoscope.storage.filesystem import FilesystemBlobStore
from mutoscope.storage.memory import MemoryBlobStore

__all__ = ["BlobStore", "FilesystemBlobStore", "MemoryBlobStore"]
