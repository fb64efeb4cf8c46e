"""The engine that computes on this machine: NLLB, M2M100 and Marian's models, without torch.

A model is converted once by CTranslate2's own ct2-transformers-converter. Each row is cut into
sentences, for these models were trained on single ones; what stands between them stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from korean_rlhf.disk import folder_digest, read_json_object
from korean_rlhf.endpoint import Reply, ReplyCache
from korean_rlhf.errors import BadInput, MissingExtra, MissingInput, SettingsError
from korean_rlhf.records import Drop
from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.translate.engines.families import language_codes, read_vocabulary
from korean_rlhf.translate.engines.protocol import Engine, Load, MaskStyle, Row
from korean_rlhf.translate.engines.sentences import units
from korean_rlhf.translate.engines.subwords import HUGGING_FACE, PAIR, SINGLE, open_subwords

END = "</s>"
UNKNOWN = "<unk>"
_WORD = re.compile(r"[^\W\d_]")


class CTranslateEngine(Engine):
    """Translates rows by a model in a folder; called from many threads."""

    style: ClassVar[MaskStyle] = "segments"

    def __init__(self, settings: LocalModelSettings, *, cache: Path | None = None) -> None:
        """Load the model; `cache` is the SQLite file that keeps its translations.

        Raises:
            SettingsError: no folder is named, or this machine cannot compute as asked.
            MissingInput: the folder or a file of it is not there.
            BadInput: the folder holds a model that is not converted, or a broken one.
            MissingExtra: ctranslate2 or sentencepiece is not installed.
        """
        self.folder = _model_folder(settings)
        self.name = f"ctranslate2:{self.folder.resolve().name}"
        self._settings = settings
        self._vocabulary = read_vocabulary(self.folder)
        self._codes = language_codes(self._vocabulary, settings, self.folder)
        self._subwords = open_subwords(self.folder)
        self._end = () if _adds_end(self.folder) else (END,)
        self._translator = _load(self.folder, settings)
        self._digest = folder_digest(self.folder)
        self._cache = ReplyCache(cache) if cache else None
        self._counts: Counter[str] = Counter()
        self._counting = threading.Lock()

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return a translation, or what went wrong, for each row, in their order.

        A text is computed once for all runs that share the cache; faults are not kept.
        """
        keys = [self.cache_key(row) for row in rows]
        kept = self._kept(keys)
        fresh = {key: row for key, row in zip(keys, rows, strict=True) if key not in kept}
        answers = dict(zip(fresh, self.compute(list(fresh.values())), strict=True))
        if self._cache is not None:
            texts = {key: each for key, each in answers.items() if isinstance(each, str)}
            self._cache.put_all({key: Reply(text=text) for key, text in texts.items()})
        with self._counting:
            self._counts.update(computed=len(fresh), cached=len(kept))
        return [kept[key] if key in kept else answers[key] for key in keys]

    def load(self, rows: Sequence[Row]) -> Load:
        """Return what would be computed."""
        texts = {self.cache_key(row): row.text for row in rows}
        kept = self._kept(list(texts))
        fresh = [text for key, text in texts.items() if key not in kept]
        return Load(requests=len(fresh), characters=sum(map(len, fresh)))

    def counts(self) -> dict[str, int]:
        """Return how many texts were "computed", and how many came from the cache ("cached")."""
        with self._counting:
            return dict(self._counts)

    def close(self) -> None:
        """Free the model and close the cache."""
        self._translator.unload_model()
        if self._cache is not None:
            self._cache.close()

    def decoding(self, *, again: bool) -> dict[str, Any]:
        """Return the settings that decide what is translated how; `again` for a second try."""
        settings = self._settings
        repeated = settings.retry_no_repeat_ngram if again else settings.no_repeat_ngram
        return {
            "beam_size": settings.beam_size,
            "no_repeat_ngram_size": repeated,
            "max_decoding_length": settings.longest_translation,
        }

    def cache_key(self, row: Row) -> str:
        """Return a digest of all that a translation hangs on: model, codes, decoding, text."""
        facts = {
            "engine": "ctranslate2",
            "model": self._digest,
            "codes": [*self._codes.source, *self._codes.target],
            "compute_type": self._settings.compute_type,
            "longest_source": self._settings.longest_source,
            **self.decoding(again=bool(row.note)),
            "text": row.text,
        }
        said = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def compute(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return what `translate` does, whatever the cache holds."""
        cut = [units(row.text) for row in rows]
        done: dict[tuple[str, bool], str | Drop] = {}
        for again in (False, True):
            wanted = [
                parts for row, parts in zip(rows, cut, strict=True) if again == bool(row.note)
            ]
            texts = list(dict.fromkeys(text for parts in wanted for text in parts[1::2]))
            translated = self.translate_sentences(texts, again=again)
            done |= {(text, again): each for text, each in zip(texts, translated, strict=True)}
        return [
            _joined(parts, [done[text, bool(row.note)] for text in parts[1::2]])
            for row, parts in zip(rows, cut, strict=True)
        ]

    def translate_sentences(self, texts: Sequence[str], *, again: bool) -> list[str | Drop]:
        """Return a translation, or what went wrong, for each sentence; signs stay as they are."""
        results: list[str | Drop] = list(texts)
        sources: dict[int, list[str]] = {}
        for place, text in enumerate(texts):
            if not _WORD.search(text):
                continue
            pieces = self.source_tokens(text)
            if len(pieces) > self._settings.longest_source:
                results[place] = _too_long(len(pieces), self._settings.longest_source)
            else:
                sources[place] = pieces
        found = self.translate_tokens(list(sources.values()), again=again)
        for place, tokens in zip(sources, found, strict=True):
            results[place] = self._text(tokens)
        return results

    def source_tokens(self, text: str) -> list[str]:
        """Return what the model reads of one sentence: codes, pieces, end."""
        return [*self._codes.source, *self._subwords.encode(text), *self._end]

    def translate_tokens(
        self, sources: Sequence[list[str]], *, again: bool = False
    ) -> list[list[str]]:
        """Return what the model writes for each of `sources`, codes and end included."""
        if not sources:
            return []
        prefix = [list(self._codes.target)] * len(sources) if self._codes.target else None
        results = self._translator.translate_batch(
            list(sources),
            target_prefix=prefix,
            max_batch_size=self._settings.batch_tokens,
            batch_type="tokens",
            return_end_token=True,  # a translation without one was cut
            max_input_length=0,  # nothing is cut unsaid
            **self.decoding(again=again),
        )
        return [list(result.hypotheses[0]) for result in results]

    def _kept(self, keys: Sequence[str]) -> dict[str, str]:
        if self._cache is None:
            return {}
        return {key: reply.text for key, reply in self._cache.kept(keys).items()}

    def _text(self, tokens: list[str]) -> str | Drop:
        if tokens[-1:] != [END]:
            limit = self._settings.longest_translation
            return Drop("truncated", f"the model wrote {limit} tokens without an end")
        pieces = tokens[len(self._codes.target) : -1]
        if UNKNOWN in pieces:
            return Drop("unknown-token", "the model wrote a sign that it has no token for")
        return self._subwords.decode(pieces)


def _joined(parts: Sequence[str], translations: Sequence[str | Drop]) -> str | Drop:
    """Return the translated sentences with what stood between, or the first fault."""
    texts: list[str] = []
    for translation in translations:
        if isinstance(translation, Drop):
            return translation
        texts.append(translation)
    pairs = zip(parts[::2], [*texts, ""], strict=True)
    return "".join(piece for pair in pairs for piece in pair)


def _too_long(tokens: int, limit: int) -> Drop:
    return Drop("source-too-long", f"a sentence of {tokens} tokens; the model reads {limit}")


def _model_folder(settings: LocalModelSettings) -> Path:
    """Return the folder of a converted model, or say how to make one."""
    folder = settings.model_folder
    if folder is None:
        raise SettingsError("Name the folder of the converted model: --model-folder FOLDER.")
    if not folder.is_dir():
        raise MissingInput(folder)
    if (folder / "model.bin").is_file():
        return folder
    if any(folder.glob("*.safetensors")) or any(folder.glob("pytorch_model*.bin")):
        raise BadInput(f"{folder} is not converted. Convert it with: {_conversion(folder)}")
    raise MissingInput(folder / "model.bin", _conversion(Path("MODEL"), folder))


def _conversion(model: Path, out: Path | None = None) -> str:
    """Return the command that converts a Hugging Face folder, its tokenizer copied."""
    names = (*PAIR, *SINGLE, HUGGING_FACE)
    there = [name for name in names if (model / name).is_file()] or ["TOKENIZER"]
    out = out or model.with_name(f"{model.name}-ct2")
    return (
        f"ct2-transformers-converter --model {model} --output_dir {out} --quantization int8 "
        f"--copy_files {' '.join(there)}"
    )


def _adds_end(folder: Path) -> bool:
    """Whether the library itself ends a source; Marian's own converter asks it to."""
    path = folder / "config.json"
    if not path.is_file():
        return False
    return bool(read_json_object(path, fix="Convert the model anew.").get("add_source_eos"))


def _load(folder: Path, settings: LocalModelSettings) -> Any:
    try:
        import ctranslate2
    except ImportError:
        raise MissingExtra("--engine ctranslate2", "translate") from None
    if settings.device == "cuda" and not ctranslate2.get_cuda_device_count():
        raise SettingsError("No GPU is seen by CTranslate2: give --device cpu, or leave it out.")
    try:
        return ctranslate2.Translator(
            str(folder),
            device=settings.device,
            compute_type=settings.compute_type,
            inter_threads=settings.parallel_batches,
            intra_threads=settings.batch_threads,
        )
    except ValueError as problem:  # a type of number that this processor lacks
        raise SettingsError(f"{problem} Choose another --compute-type.") from None
    except RuntimeError as problem:
        raise BadInput(f"{folder}: {problem}. Convert the model anew.") from None
