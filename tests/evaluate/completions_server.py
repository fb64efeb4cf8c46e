"""A server of the completions API on loopback that computes with a tiny model, as vLLM answers."""

import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import torch

from korean_rlhf.evaluate import models

EXTENSIONS = {"return_tokens_as_token_ids", "return_token_ids", "repetition_penalty"}
NAME = "org/tiny"


class Replica:
    """What `vllm serve` answers to POST /v1/completions; `fault` may answer instead.

    `fault(number, body)` gets the number of the request from 1 and returns None or
    (status, headers, content).
    """

    def __init__(self, folder, *, context=194, fault=None, extensions=True, change=None):
        self.loaded = models.load(folder, device="cpu")
        self.context, self.fault, self.extensions = context, fault, extensions
        self.change = change or (lambda body, choice: choice)
        self.seen, self.headers, self.most, self.under_way = [], [], 0, 0
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that was killed
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    @property
    def asked(self):
        """How often each text was sent, probes left out."""
        return Counter(tuple(body["prompt"]) for body in self.seen if len(body["prompt"]) > 2)

    def _handler(replica):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with replica.lock:
                    replica.seen.append(body)
                    replica.headers.append(dict(self.headers))
                    number = len(replica.seen)
                    replica.under_way += 1
                    replica.most = max(replica.most, replica.under_way)
                found = replica.fault(number, body) if replica.fault else None
                status, headers, content = found or replica.answer(self.path, body)
                with replica.lock:
                    replica.under_way -= 1
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, path, body):
        assert path == "/v1/completions", path
        if body["model"] != NAME:
            return refuse(404, f"The model `{body['model']}` does not exist.")
        if not self.extensions and EXTENSIONS & body.keys():
            return refuse(400, f"Unrecognized request argument: {EXTENSIONS & body.keys()}")
        if len(body["prompt"]) + body["max_tokens"] > self.context:
            return refuse(400, f"This model's maximum context length is {self.context} tokens.")
        with self.lock:
            choice = self._choice(body)
        usage = {"prompt_tokens": len(body["prompt"]), "completion_tokens": body["max_tokens"]}
        reply = {"choices": [self.change(body, choice)], "usage": usage}
        return 200, {}, json.dumps(reply).encode()

    @torch.inference_mode()
    def _choice(self, body):
        assert body["temperature"] == 0
        prompt, tokenizer = body["prompt"], self.loaded.tokenizer
        tokens, stop = list(prompt), body.get("stop", [])
        for _ in range(body["max_tokens"]):
            tokens.append(int(self._logprobs(tokens)[-1].argmax()))
            text = tokenizer.decode(tokens[len(prompt) :], skip_special_tokens=True)
            if tokens[-1] == self.loaded.end_id or any(one in text for one in stop):
                break
        text = tokenizer.decode(tokens[len(prompt) :], skip_special_tokens=True)
        for one in stop:
            text = text.split(one)[0]
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": "length"}
        if body.get("return_token_ids"):
            choice["token_ids"] = tokens[len(prompt) :]
        if body.get("echo"):
            choice["text"] = tokenizer.decode(prompt) + text
            choice["logprobs"] = self._echo(tokens, bool(body.get("return_tokens_as_token_ids")))
        return choice

    def _logprobs(self, tokens):
        return self.loaded.model(input_ids=torch.tensor([tokens])).logits[0].float().log_softmax(1)

    def _echo(self, tokens, as_ids):
        """Return the four lists as vLLM fills them, with logprobs = 1."""

        def name(token):
            return f"token_id:{token}" if as_ids else self.loaded.tokenizer.decode([token])

        places = self._logprobs(tokens[:-1])
        values, tops = [None], [None]
        for place, token in zip(places, tokens[1:], strict=True):
            own, best = float(place[token]), int(place.argmax())
            values.append(own)
            tops.append({name(token): own, name(best): float(place[best])})
        names = [name(token) for token in tokens]
        return {"tokens": names, "token_logprobs": values, "top_logprobs": tops, "text_offset": []}


def refuse(status, message):
    return status, {}, json.dumps({"error": {"message": message, "code": status}}).encode()


@contextmanager
def serving(folder, **options):
    replica = Replica(folder, **options)
    thread = threading.Thread(target=replica.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield replica
    finally:
        replica.server.shutdown()
        replica.server.server_close()
        thread.join()
