"""How the token endpoint says no: OAuth's error codes with Entra's own numbers."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from remit_sim.call import Answer, Call, Refusal


class LoginRefusal(Refusal):
    """A refusal of the token endpoint, in its shape: `{"error", "error_description", "error_codes", ...}`."""

    def __init__(self, call: Call, error: str, number: int, message: str, status: int = 400) -> None:
        super().__init__(status, error, message)
        now = call.tenant.clock.now()
        trace = str(uuid5(NAMESPACE_URL, f"{number} {message}"))
        correlation = call.headers.get("client-request-id", trace)
        self._body = {
            "error": error,
            "error_description": f"AADSTS{number}: {message} Trace ID: {trace} Correlation ID: {correlation} "
            f"Timestamp: {now:%Y-%m-%d %H:%M:%SZ}",
            "error_codes": [number],
            "timestamp": f"{now:%Y-%m-%d %H:%M:%SZ}",
            "trace_id": trace,
            "correlation_id": correlation,
        }

    def answer(self) -> Answer:
        """Return it as an answer."""
        return Answer.of(self._body, self.status)
