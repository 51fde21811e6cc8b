"""Runloop's views of a box and of a blueprint."""

from __future__ import annotations

from typing import Any

from graph.devbox.local.box import Box, now_ms

SIZES = {
    "X_SMALL": (0.5, 1, 4),
    "SMALL": (1, 2, 4),
    "MEDIUM": (2, 4, 8),
    "LARGE": (2, 8, 16),
    "X_LARGE": (4, 16, 16),
    "XX_LARGE": (8, 32, 16),
}
"""Resource size to vCPUs, GiB of memory, GiB of disk."""


def devbox_view(box: Box) -> dict[str, Any]:
    """`DevboxView`."""
    forced = box.faults.forced_status(box.id)
    return {
        "id": box.id,
        "name": box.name,
        "status": box.status,
        "create_time_ms": box.create_time_ms,
        "end_time_ms": box.end_time_ms,
        "metadata": box.metadata,
        "launch_parameters": box.launch_parameters,
        "capabilities": [],
        "state_transitions": box.transitions,
        "blueprint_id": box.request.get("blueprint_id"),
        "snapshot_id": box.request.get("snapshot_id"),
        "failure_reason": forced[1] if forced else box.failure_reason,
        "shutdown_reason": box.shutdown_reason,
    }


def usage_view(box: Box) -> dict[str, Any]:
    """`DevboxResourceUsageView`: what the box would have used at Runloop."""
    vcpus, memory_gb, disk_gb = _size(box.launch_parameters)
    end_ms = box.end_time_ms or now_ms()
    elapsed_s = (end_ms - box.create_time_ms) / 1000
    active_s = _active_ms(box, end_ms) / 1000
    return {
        "id": box.id,
        "status": box.status,
        "start_time_ms": box.create_time_ms,
        "end_time_ms": box.end_time_ms,
        "total_elapsed_seconds": int(elapsed_s),
        "total_active_seconds": int(active_s),
        "vcpu_seconds": int(active_s * vcpus),
        "memory_gb_seconds": int(active_s * memory_gb),
        "disk_gb_seconds": int(elapsed_s * disk_gb),
    }


def blueprint_view(blueprint_id: str) -> dict[str, Any]:
    """`BlueprintView` of a blueprint whose image is built."""
    return {
        "id": blueprint_id,
        "name": blueprint_id,
        "create_time_ms": 0,
        "state": "created",
        "status": "build_complete",
        "parameters": {"name": blueprint_id},
    }


def _size(launch_parameters: dict[str, Any]) -> tuple[float, float, float]:
    small = SIZES["SMALL"]
    size = SIZES.get(launch_parameters.get("resource_size_request") or "SMALL", small)
    names = ("custom_cpu_cores", "custom_gb_memory", "custom_disk_size")
    cpu, memory, disk = (launch_parameters.get(n) or s for n, s in zip(names, size, strict=True))
    return cpu, memory, disk


def _active_ms(box: Box, end_ms: int) -> int:
    times = [t["transition_time_ms"] for t in box.transitions] + [end_ms]
    spans = zip(box.transitions, times[:-1], times[1:], strict=True)
    return sum(stop - start for t, start, stop in spans if t["status"] == "running")
