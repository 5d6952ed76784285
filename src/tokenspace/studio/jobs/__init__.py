"""Long work: a bounded pool, events that can be followed and read again, cancellation, pausing."""

from .context import JobCancelled, JobContext
from .contracts import JobAnswer, JobView
from .job import Job
from .pool import JobPool

__all__ = ["Job", "JobAnswer", "JobCancelled", "JobContext", "JobPool", "JobView"]
