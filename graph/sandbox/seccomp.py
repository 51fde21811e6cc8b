"""The system calls that a jailed program is refused, as a filter that the kernel runs.

Namespaces hide most of the system; this closes what they leave open.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32_CALLS = 0x40000000
_CLONE_NEWUSER = 0x10000000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FAMILIES = (1, 2, 10, 16)
"""Of sockets: Unix, IPv4, IPv6, netlink. Others, such as vsock, know no network namespace."""


@dataclass(frozen=True)
class _Machine:
    audit: int
    socket: int
    ioctl: int
    clone: int
    refused: tuple[int, ...]
    """clone3 (whose flags no filter can read), unshare, setns; keys (keyctl, add_key, request_key);
    memory that no process is charged for (memfd_create, memfd_secret, shmget, msgget); doors into
    the kernel that answers never need (userfaultfd, perf_event_open, bpf, io_uring_setup)."""


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E, 41, 16, 56,
        (435, 272, 308, 250, 248, 249, 319, 447, 29, 68, 323, 298, 321, 425),
    ),
    "aarch64": _Machine(
        0xC00000B7, 198, 29, 220,
        (435, 97, 268, 219, 217, 218, 279, 447, 194, 186, 282, 241, 280, 425),
    ),
}  # fmt: skip

_Instruction = tuple[int, int, int, int]


def seccomp_filter(machine: str = "") -> bytes | None:
    """The filter for `machine` (default: this one) in the kernel's form; None where none is known.

    A refused call fails with ENOSYS, so that libraries fall back; it does not end the program.
    """
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in _program(known))


def _program(machine: _Machine) -> list[_Instruction]:
    program = [
        _load(_ARCHITECTURE_AT),
        (_EQUAL, 1, 0, machine.audit),
        _refuse(errno.ENOSYS),
        _load(_NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32_CALLS),
        _refuse(errno.ENOSYS),
    ]
    for number in machine.refused:
        program += _when(number, [_refuse(errno.ENOSYS)])
    program += _when(machine.socket, _only(_FAMILIES, errno.EAFNOSUPPORT))
    program += _when(machine.ioctl, _never((_TIOCSTI, _TIOCLINUX), errno.EPERM))
    new_user = [_load(_ARGUMENTS_AT), (_ANY_BIT, 0, 1, _CLONE_NEWUSER), _refuse(errno.EPERM)]
    program += _when(machine.clone, [*new_user, _allow()])
    return [*program, _allow()]


def _when(number: int, body: list[_Instruction]) -> list[_Instruction]:
    return [(_EQUAL, 0, len(body), number), *body]


def _only(first_argument: tuple[int, ...], error: int) -> list[_Instruction]:
    tests = [step for value in first_argument for step in ((_EQUAL, 0, 1, value), _allow())]
    return [_load(_ARGUMENTS_AT), *tests, _refuse(error)]


def _never(second_argument: tuple[int, ...], error: int) -> list[_Instruction]:
    tests = [step for value in second_argument for step in ((_EQUAL, 0, 1, value), _refuse(error))]
    return [_load(_ARGUMENTS_AT + 8), *tests, _allow()]


def _load(offset: int) -> _Instruction:
    return (_LOAD, 0, 0, offset)


def _allow() -> _Instruction:
    return (_RETURN, 0, 0, _ALLOW)


def _refuse(error: int) -> _Instruction:
    return (_RETURN, 0, 0, _REFUSE | error)
