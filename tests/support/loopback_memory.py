"""What the loopback Hub remembers."""

import hashlib


class Hub:
    """Repos as lists of commits, each commit a tree of files."""

    def __init__(self):
        self.commits: dict[str, list[str]] = {}  # repo: its commits, newest last
        self.trees: dict[str, dict[str, bytes]] = {}  # commit: path: content
        self.blobs: dict[str, bytes | None] = {}  # sha256: content; None is never answered
        self.collections: dict[str, dict] = {}
        self.faults: dict[str, str] = {}
        self.log: list[list[str]] = []
        self.tokens: dict[str, list[str]] = {}  # path: what each request for it called itself
        self.storage = ""

    def at(self, repo: str, revision: str) -> str | None:
        commits = self.commits[repo]
        if revision == "main":
            return commits[-1] if commits else None
        return revision if revision in commits else None

    def tree(self, repo: str) -> dict[str, bytes]:
        head = self.at(repo, "main")
        return self.trees[head] if head else {}

    def commit(self, repo: str, added: dict[str, bytes], deleted=()) -> str:
        tree = {**self.tree(repo), **added} if repo in self.commits else added
        tree = {path: content for path, content in tree.items() if path not in deleted}
        history = self.commits.setdefault(repo, [])
        sha = hashlib.sha1(f"{repo} {len(history)} {sorted(tree)}".encode()).hexdigest()
        history.append(sha)
        self.trees[sha] = tree
        return sha
