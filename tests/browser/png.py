"""Makes a screenshot small enough for the documentation: a palette of 256 colours instead of true colour."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FREQUENT = 128


def shrink(png: bytes) -> bytes:
    """The same picture with at most 256 colours. Takes 8-bit RGB or RGBA without interlacing, as Chromium writes it."""
    pixels = _decode(png)
    height, width, _ = pixels.shape
    palette, indices = _quantise(pixels.reshape(-1, 3))
    rows = indices.astype(np.uint8).reshape(height, width)
    filtered = np.hstack([np.zeros((height, 1), np.uint8), rows])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = zlib.compress(filtered.tobytes(), 9)
    return (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", palette.tobytes())
        + _chunk(b"IDAT", body)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _decode(png: bytes) -> np.ndarray:
    """Pixels as height x width x 3. Source of the filters: PNG specification, section 9."""
    assert png.startswith(SIGNATURE), "not a PNG"
    at, data = len(SIGNATURE), b""
    width = height = channels = 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
            assert (depth, interlace) == (8, 0)
            channels = {2: 3, 6: 4}[colour]
        elif kind == b"IDAT":
            data += body
        at += 12 + length
    lines = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * channels)
    return _unfilter(lines, channels).reshape(height, width, channels)[:, :, :3]


def _unfilter(lines: np.ndarray, channels: int) -> np.ndarray:
    out = np.zeros((lines.shape[0], lines.shape[1] - 1), np.uint8)
    above = np.zeros(lines.shape[1] - 1, np.uint8)
    for index, line in enumerate(lines):
        raw = line[1:]
        match line[0]:
            case 0:
                out[index] = raw
            case 1:
                out[index] = np.cumsum(raw.reshape(-1, channels), axis=0, dtype=np.uint8).reshape(-1)
            case 2:
                out[index] = raw + above
            case filter_:
                out[index] = _slowly(int(filter_), raw, above, channels)
        above = out[index]
    return out


def _slowly(filter_: int, raw: np.ndarray, above: np.ndarray, channels: int) -> list[int]:
    """Average (3) and Paeth (4): each byte waits for the one before."""
    values, upper = raw.tolist(), above.tolist()
    row = [0] * len(values)
    for at, value in enumerate(values):
        left = row[at - channels] if at >= channels else 0
        up = upper[at]
        if filter_ == 3:
            guess = (left + up) // 2
        else:
            corner = upper[at - channels] if at >= channels else 0
            estimate = left + up - corner
            guess = min((left, up, corner), key=lambda one: abs(estimate - one))
        row[at] = (value + guess) & 255
    return row


def _quantise(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At most 256 colours and for each pixel the nearest: the most frequent, then those that would be missed most."""
    packed = _pack(pixels)
    colours, inverse, counts = np.unique(packed, return_inverse=True, return_counts=True)
    every = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.int32)
    chosen = list(np.argsort(-counts)[:FREQUENT])
    nearest = np.min([((every - every[at]) ** 2).sum(axis=1) for at in chosen], axis=0)
    while len(chosen) < min(256, len(colours)):
        at = int(np.argmax(nearest * np.sqrt(counts)))
        chosen.append(at)
        nearest = np.minimum(nearest, ((every - every[at]) ** 2).sum(axis=1))
    palette = every[chosen]
    distance = ((every[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    return palette.astype(np.uint8), distance.argmin(axis=1)[inverse]


def _pack(pixels: np.ndarray) -> np.ndarray:
    wide = pixels.astype(np.uint32)
    return wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]
