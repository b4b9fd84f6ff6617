"""Train many checkpoints one after another, several at a time, as on a GPU.

    python scripts/train_queue.py QUEUE.json --data DIR --workers 3

QUEUE.json is a list of runs such as

    {"name": "fcn8s-camvid", "seconds": 60, "after": ["deeplab_v3-camvid"]}

and "finetune": true to go on from the checkpoint, "left_out": "0006R0" to leave a sequence out. DIR
holds a folder per domain. A run starts when those that it comes after have ended well and a worker
is free; what one prints goes to runs/log/. Checkpoints are written to weights/, over those of that
name; those of runs with a sequence left out, too, as NAME-without_SEQUENCE.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

LOGS = Path("runs/log")


@dataclass
class Job:
    """A run of the queue."""

    name: str  # of the checkpoint
    seconds: float
    after: tuple[str, ...] = ()  # keys of other jobs
    finetune: bool = False
    left_out: str = ""
    process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """What other jobs call it."""
        suffix = f"-without_{self.left_out}" if self.left_out else ""
        return self.name + suffix + ("+" if self.finetune else "")


def run(job: Job, data: Path, device: str) -> None:
    """Train one checkpoint, in this process."""
    from seg_models.training import recipes
    from seg_models.training.train import train_config

    config = recipes.find(job.name)
    config = config.finetune if job.finetune else config
    config = config.leaving_out(job.left_out) if job.left_out else config
    train_config(config, data / config.domain, job.seconds / 60, device, overwrite=True)


def work(jobs: list[Job], data: Path, workers: int, device: str) -> None:
    """Run all jobs, each as a process of its own; say when each begins and ends."""
    began, done, failed = time.monotonic(), set(), set()
    waiting, running = list(jobs), []
    LOGS.mkdir(parents=True, exist_ok=True)

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    while waiting or running:
        for job in [each for each in running if each.process.poll() is not None]:
            running.remove(job)
            (failed if job.process.returncode else done).add(job.key)
            say(f"{job.key} {'FAILED' if job.process.returncode else 'ended'}")
        for job in [each for each in waiting if failed & set(each.after)]:
            waiting.remove(job)
            failed.add(job.key)
            say(f"{job.key} cannot begin")
        ready = [each for each in waiting if done >= set(each.after)]
        for job in ready[: workers - len(running)]:
            waiting.remove(job)
            running.append(job)
            arguments = [
                sys.executable, __file__, "--run", json.dumps({
                    "name": job.name, "seconds": job.seconds, "finetune": job.finetune,
                    "left_out": job.left_out,
                }), "--data", str(data), "--device", device,
            ]  # fmt: skip
            with (LOGS / f"{job.key}.log").open("w") as log:
                job.process = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT)
            say(f"{job.key} begins")
        time.sleep(0.2)
    say(f"{len(done)} ended, {len(failed)} failed: {', '.join(sorted(failed)) or '-'}")


def main() -> None:
    """Run the queue, or, as a worker, one job of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("queue", nargs="?", type=Path, help="the list of runs, JSON")
    parser.add_argument("--data", type=Path, required=True, help="a folder per domain")
    parser.add_argument("--workers", type=int, default=1, help="runs at a time (default 1)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default auto)")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1]))
    if chosen.run:
        run(Job(**json.loads(chosen.run)), chosen.data, chosen.device)
    else:
        jobs = [Job(**each) for each in json.loads(chosen.queue.read_text())]
        work(jobs, chosen.data, chosen.workers, chosen.device)


if __name__ == "__main__":
    main()
