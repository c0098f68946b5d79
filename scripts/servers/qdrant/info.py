"""What a collection says of itself."""

from typing import Any

import wire
from collection import Collection
from convert import FULL_SCAN_THRESHOLD_KB


def collection_info(collection: Collection) -> dict[str, Any]:
    said = wire.as_json(collection.settings)
    now = collection.shard.info()
    params = {
        "vectors": said["vectors"],
        "shard_number": said.get("shard_number", 1),
        "replication_factor": said.get("replication_factor", 1),
        "write_consistency_factor": said.get("write_consistency_factor", 1),
        "on_disk_payload": said.get("on_disk_payload", True),
    }
    hnsw = {"m": 16, "ef_construct": 100, "full_scan_threshold": FULL_SCAN_THRESHOLD_KB, "max_indexing_threads": 0}
    optimizer = {
        "deleted_threshold": 0.2,
        "vacuum_min_vector_number": 1000,
        "default_segment_number": 0,
        "max_segment_size": None,
        "memmap_threshold": None,
        "indexing_threshold": collection.tuning.indexing_threshold_kb,
        "flush_interval_sec": 5,
        "max_optimization_threads": None,
    }
    return {
        "status": "green",
        "optimizer_status": "ok",
        "indexed_vectors_count": now.indexed_vectors_count,
        "points_count": now.points_count,
        "segments_count": now.segments_count,
        "config": {
            "params": params,
            "hnsw_config": hnsw | said.get("hnsw_config", {}),
            "optimizer_config": optimizer,
            "wal_config": {"wal_capacity_mb": 32, "wal_segments_ahead": 0},
            "quantization_config": said.get("quantization_config"),
        },
        "payload_schema": {
            name: {"data_type": str(index.data_type).rpartition(".")[2].lower(), "points": index.points}
            for name, index in now.payload_schema.items()
        },
    }
