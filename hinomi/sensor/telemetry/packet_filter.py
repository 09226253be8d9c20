"""Classic BPF programs for sockets: the kernel drops what nobody here asks for before it wakes us (linux/filter.h)."""

import ctypes
import socket
import struct
from collections.abc import Sequence

_SO_ATTACH_FILTER = 26  # asm-generic/socket.h
_INSTRUCTION = struct.Struct("=HBBI")
_LOAD_BYTE, _LOAD_HALF = 0x30, 0x28  # BPF_LD | BPF_B/H | BPF_ABS
_LOAD_HALF_BEHIND, _HEADER_LENGTH = 0x48, 0xB1  # BPF_LD | BPF_H | BPF_IND; BPF_LDX | BPF_B | BPF_MSH
_AND, _IF_EQUAL, _IF_SET, _RETURN = 0x54, 0x15, 0x45, 0x06
_TCP, _UDP = 6, 17
_WHOLE = 0x40000

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, value


def of_port(port: int) -> list[Instruction]:
    """UDP and TCP from or to the port, over IPv4 (no later fragments) and IPv6 (no extension headers); packets begin at IP."""
    return [
        (_LOAD_BYTE, 0, 0, 0),
        (_AND, 0, 0, 0xF0),
        (_IF_EQUAL, 1, 0, 0x40),
        (_IF_EQUAL, 10, 18, 0x60),
        (_LOAD_BYTE, 0, 0, 9),  # IPv4: protocol
        (_IF_EQUAL, 1, 0, _UDP),
        (_IF_EQUAL, 0, 15, _TCP),
        (_LOAD_HALF, 0, 0, 6),  # its place in a fragmented packet
        (_IF_SET, 13, 0, 0x1FFF),
        (_HEADER_LENGTH, 0, 0, 0),
        (_LOAD_HALF_BEHIND, 0, 0, 0),
        (_IF_EQUAL, 9, 0, port),
        (_LOAD_HALF_BEHIND, 0, 0, 2),
        (_IF_EQUAL, 7, 8, port),
        (_LOAD_BYTE, 0, 0, 6),  # IPv6: next header
        (_IF_EQUAL, 1, 0, _UDP),
        (_IF_EQUAL, 0, 5, _TCP),
        (_LOAD_HALF, 0, 0, 40),
        (_IF_EQUAL, 2, 0, port),
        (_LOAD_HALF, 0, 0, 42),
        (_IF_EQUAL, 0, 1, port),
        (_RETURN, 0, 0, _WHOLE),
        (_RETURN, 0, 0, 0),
    ]


def of_netlink_types(types: Sequence[int]) -> list[Instruction]:
    """Netlink messages of these types alone; at most 250."""
    program: list[Instruction] = [(_LOAD_HALF, 0, 0, 4)]
    for place, one in enumerate(types):
        # the field is in the machine's order, the load reads it in the network's
        program.append((_IF_EQUAL, len(types) - place, 0, socket.htons(one)))
    return [*program, (_RETURN, 0, 0, 0), (_RETURN, 0, 0, _WHOLE)]


def attach(to: socket.socket, program: Sequence[Instruction]) -> None:
    """OSError when the kernel does not take it."""
    code = b"".join(_INSTRUCTION.pack(*each) for each in program)
    kept = ctypes.create_string_buffer(code, len(code))
    to.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(kept)))
