"""A page whose requests, errors and warnings are noted; nothing leaves the machine."""

from urllib.parse import urlsplit

HERE = ("localhost", "127.0.0.1", "")  # "": data:, blob: and file: have no host


class Watch:
    """One page of a context; foreign requests are refused, and all trouble is noted."""

    def __init__(self, context) -> None:
        self.context = context
        self.foreign: list[str] = []
        self.console: list[str] = []
        context.route(self._is_foreign, self._refuse)
        self.page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))

    @staticmethod
    def _is_foreign(url: str) -> bool:
        return (urlsplit(url).hostname or "") not in HERE

    def _refuse(self, route) -> None:
        self.foreign.append(route.request.url)
        route.abort()

    def _note(self, message) -> None:
        if message.type == "error":
            self.console.append(f"{message.text} ({message.location.get('url', '')})")
