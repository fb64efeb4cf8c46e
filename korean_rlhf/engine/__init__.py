"""The corpus engine: shards through Arrow batches, on every core, resumable; Daft for columns.

A shard is published whole, and inside an unfinished one the runs that are done are kept, so a
killed run redoes at most RUN_BYTES of text, and the records are the same as those of an unbroken
one. Python work runs in worker processes (a Daft function in Python would hold the interpreter's
lock) or on a Ray cluster; columnar work (hashing, grouping) runs in Daft, on the same cluster.
"""

from korean_rlhf.engine.columns import daft
from korean_rlhf.engine.counts import Counts
from korean_rlhf.engine.mapping import BATCH, map_shards
from korean_rlhf.engine.publishing import WORK, drop_work, publish, publish_runs
from korean_rlhf.engine.shipping import local_path
from korean_rlhf.engine.splitting import is_split, split_inputs
from korean_rlhf.engine.tallies import tallied
from korean_rlhf.engine.workers import BatchFunction, death_named, process_pool, running_on

__all__ = [
    "BATCH",
    "WORK",
    "BatchFunction",
    "Counts",
    "daft",
    "death_named",
    "drop_work",
    "is_split",
    "local_path",
    "map_shards",
    "process_pool",
    "publish",
    "publish_runs",
    "running_on",
    "split_inputs",
    "tallied",
]
