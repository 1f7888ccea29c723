"""The API on a port of its own, which can go away and come back as a network does."""

import threading

import uvicorn
from fastapi import FastAPI

from tests.ports import a_free_port


class AsgiServer:
    """Serves an app from a thread; `stop` and `start` keep the port."""

    def __init__(self, app: FastAPI) -> None:
        self.port = a_free_port()
        self._app = app
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        config = uvicorn.Config(
            self._app,
            host="127.0.0.1",
            port=self.port,
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        pause = threading.Event()
        for _ in range(400):
            if self._server.started:
                return
            pause.wait(0.025)
        raise AssertionError("the server does not start")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()
