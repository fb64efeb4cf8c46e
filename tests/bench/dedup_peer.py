"""datatrove's four MinHash stages over a folder of JSONL files; run by the Python that has it.

    python dedup_peer.py IN OUT TOKENIZER

TOKENIZER is kiwi (what datatrove ships for Korean) or whitespace. The settings are its defaults: 14
buckets of 8 hashes over word 5-grams. Clusters are written to OUT/clusters.json: lists of ids. The
last line is one JSON object: seconds of each stage.
"""

import json
import shutil
import struct
import sys
import time
from pathlib import Path

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import minhash
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.word_tokenizers import WhitespaceTokenizer

WORKERS = 2


class WhitespaceSignature(minhash.MinhashDedupSignature):
    """Words between spaces: faster and less Korean than what datatrove ships."""

    def __init__(self, **options):
        super().__init__(**options)
        self.word_tokenizer = WhitespaceTokenizer()


def main():
    source, out, tokenizer = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    shutil.rmtree(out, ignore_errors=True)
    config = minhash.MinhashConfig()
    kind = WhitespaceSignature if tokenizer == "whitespace" else minhash.MinhashDedupSignature
    reader = JsonlReader(str(source))
    tasks = len(list(source.glob("*.jsonl")))
    seconds = {}
    signature = kind(output_folder=f"{out}/signatures", config=config, language="ko")
    seconds["signatures"] = stage([reader, signature], tasks, out)
    buckets = minhash.MinhashDedupBuckets(
        input_folder=f"{out}/signatures", output_folder=f"{out}/buckets", config=config
    )
    seconds["buckets"] = stage([buckets], config.num_buckets, out)
    cluster = minhash.MinhashDedupCluster(
        input_folder=f"{out}/buckets",
        output_folder=f"{out}/remove",
        config=config,
        save_cluster_id=True,
    )
    seconds["clusters"] = stage([cluster], 1, out)
    exclusion = JsonlWriter(f"{out}/removed", compression=None)
    remove = minhash.MinhashDedupFilter(
        input_folder=f"{out}/remove", exclusion_writer=exclusion, load_cluster_ids=True
    )
    writer = JsonlWriter(f"{out}/kept", compression=None)
    seconds["filter"] = stage([reader, remove, writer], tasks, out)
    (out / "clusters.json").write_text(json.dumps(clusters(source, out)))
    print(json.dumps(seconds))


def stage(pipeline, tasks, out):
    begun = time.perf_counter()
    LocalPipelineExecutor(
        pipeline=pipeline,
        tasks=tasks,
        workers=min(tasks, WORKERS),
        logging_dir=f"{out}/logs-{time.time_ns()}",
        start_method="spawn",  # its workers are then children whose processor time is counted
    ).run()
    return round(time.perf_counter() - begun, 2)


def clusters(source, out):
    """Read the clusters of stage 3; its filter tells them only of files that lose a document."""
    found = {}
    for number, file in enumerate(sorted(source.glob("*.jsonl"))):
        with file.open(encoding="utf-8") as lines:
            ids = [json.loads(line)["id"] for line in lines]
        told = out / "remove" / f"{number:06d}.clusters"
        content = told.read_bytes() if told.is_file() else b""
        for document, cluster in struct.iter_unpack("<II", content):
            found.setdefault(cluster, []).append(ids[document])
    return [sorted(group) for group in found.values() if len(group) > 1]


if __name__ == "__main__":
    main()
