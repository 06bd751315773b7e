"""A filter for system calls that no answer needs and that break out of sandboxes.

Loaded by a worker just before it takes its first cell: what the filter refuses gives
EPERM, as if the right were missing. It cannot be taken off again. Four calls are there
because they give memory that belongs to no process, where no limit would count it.
Source: Linux kernel documentation, "Seccomp BPF".
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

# Numbers by machine: x86_64 from asm/unistd_64.h, aarch64 from asm-generic/unistd.h.
REFUSED = {
    "x86_64": {
        "ptrace": 101, "mount": 165, "umount2": 166, "swapon": 167, "reboot": 169,
        "init_module": 175, "quotactl": 179, "add_key": 248, "request_key": 249,
        "keyctl": 250, "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304,
        "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311,
        "finit_module": 313, "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323,
        "shmget": 29, "msgget": 68, "memfd_create": 319, "memfd_secret": 447,
        "pivot_root": 155, "chroot": 161, "io_uring_setup": 425, "open_tree": 428,
        "move_mount": 429, "fsopen": 430, "fsmount": 432, "mount_setattr": 442,
    },
    "aarch64": {
        "msgget": 186, "shmget": 194, "memfd_create": 279, "memfd_secret": 447,
        "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "quotactl": 60,
        "unshare": 97, "init_module": 105, "ptrace": 117, "reboot": 142, "add_key": 217,
        "request_key": 218, "keyctl": 219, "swapon": 224, "perf_event_open": 241,
        "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
        "process_vm_writev": 271, "finit_module": 273, "bpf": 280, "userfaultfd": 282,
        "kexec_file_load": 294, "io_uring_setup": 425, "open_tree": 428,
        "move_mount": 429, "fsopen": 430, "fsmount": 432, "mount_setattr": 442,
    },
}  # fmt: skip
_MACHINES = {  # AUDIT_ARCH_*, clone, clone3
    "x86_64": (0xC000003E, 56, 435),
    "aarch64": (0xC00000B7, 220, 435),
}
_CLONE_NEWUSER = 0x10000000
_LOAD, _EQUAL, _SET, _RETURN, _GREATER = 0x20, 0x15, 0x45, 0x06, 0x35
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32 = 0x40000000  # calls of the x32 interface have this bit
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


def available() -> bool:
    """Whether there is a filter for this machine.

    >>> available() == (platform.machine() in REFUSED)
    True
    """
    return platform.machine() in REFUSED


def program(machine: str) -> bytes:
    """The filter as BPF instructions, eight bytes each.

    >>> len(program("x86_64")) % 8
    0
    """
    arch, clone, clone3 = _MACHINES[machine]
    refuse = _ERRNO | errno.EPERM
    lines: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, arch),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_GREATER, 0, 1, _X32),
        (_RETURN, 0, 0, refuse),
        # flags of clone3 lie behind a pointer: glibc falls back to clone
        (_EQUAL, 0, 1, clone3),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    for number in sorted(REFUSED[machine].values()):
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, refuse)]
    lines += [
        (_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_SET, 0, 1, _CLONE_NEWUSER),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def load() -> None:
    """Put the filter on this process and all that it will start.

    Raises OSError where the kernel has no seccomp or the machine no filter.
    """
    if not available():
        raise OSError(errno.ENOSYS, f"no filter for {platform.machine()}")

    class _Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    code = program(platform.machine())
    kept = ctypes.create_string_buffer(code, len(code))
    filtering = _Program(len(code) // 8, ctypes.cast(kept, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filtering), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the kernel refused the seccomp filter")
