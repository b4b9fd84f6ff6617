"""The part of the Hub's API that publishing uses."""

import base64
import hashlib
import json


def git_oid(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Api:
    """`/api/...` and LFS requests; needs the reply methods of the server's handler."""

    def api(self, path: str):
        parts = path.strip("/").split("/")
        token = self.headers.get("Authorization", "")
        if self.command == "POST" and token != "Bearer writer":
            self.reply(b'{"error": "you may not write here"}', 403)
        elif parts[1:] == ["whoami-v2"]:
            self.json({"name": "tests"}, 200 if token else 401)
        elif path.endswith(".git/info/lfs/objects/batch"):
            self.batch()
        elif parts[1:2] == ["validate-yaml"]:
            self.json({"errors": [], "warnings": []})
        elif parts[1:] == ["repos", "create"]:
            self.create(json.loads(self.body))
        elif parts[1:2] == ["collections"]:
            self.collect(parts[2:])
        elif parts[1:2] in (["models"], ["spaces"]) and len(parts) >= 4:
            prefix = "spaces/" if parts[1] == "spaces" else ""
            self.repo(prefix + "/".join(parts[2:4]), parts[4:])
        else:
            self.reply(b"{}", 404)

    def create(self, wish: dict):
        repo = f"{wish['organization']}/{wish['name']}"
        repo = f"spaces/{repo}" if wish.get("type") == "space" else repo
        known = repo in self.hub.commits
        self.hub.commits.setdefault(repo, [])
        self.json({"url": f"{self.hub.storage}/{repo}"}, 409 if known else 200)

    def repo(self, repo: str, verb: list[str]):
        if repo not in self.hub.commits:
            self.refuse(404, "RepoNotFound")
        elif verb[:1] == ["preupload"]:
            self.preupload(repo, json.loads(self.body)["files"])
        elif verb[:1] == ["commit"]:
            self.write(repo, [json.loads(line) for line in self.body.splitlines()])
        elif verb[:1] == ["tree"]:
            tree = self.hub.tree(repo)
            self.json([self.entry(path, content) for path, content in tree.items()])
        else:
            head = self.hub.at(repo, "main")
            siblings = [{"rfilename": path} for path in self.hub.tree(repo)]
            name = repo.removeprefix("spaces/")
            self.json({"id": name, "sha": head, "siblings": siblings, "tags": [], "private": False})

    def entry(self, path: str, content: bytes) -> dict:
        return {"type": "file", "path": path, "size": len(content), "oid": git_oid(content)}

    def preupload(self, repo: str, files: list[dict]):
        tree, answers = self.hub.tree(repo), []
        for each in files:
            large = each["path"].endswith((".safetensors", ".jpg", ".png"))
            old = tree.get(each["path"])
            oid = (
                None if old is None else hashlib.sha256(old).hexdigest() if large else git_oid(old)
            )
            answers.append(
                {
                    "path": each["path"],
                    "uploadMode": "lfs" if large else "regular",
                    "shouldIgnore": False,
                    "oid": oid,
                }
            )
        self.json({"files": answers})

    def batch(self):
        objects = []
        for each in json.loads(self.body)["objects"]:
            upload = {"upload": {"href": f"{self.hub.storage}/blob/{each['oid']}"}}
            known = self.hub.blobs.get(each["oid"]) is not None
            objects.append(each if known else {**each, "actions": upload})
        self.json({"transfer": "basic", "objects": objects})

    def write(self, repo: str, lines: list[dict]):
        added, deleted = {}, []
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                added[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                added[value["path"]] = self.hub.blobs[value["oid"]]
            else:
                deleted.append(value["path"])
        sha = self.hub.commit(repo, added, deleted)
        self.json({"commitUrl": f"{self.hub.storage}/{repo}/commit/{sha}", "commitOid": sha})

    def collect(self, rest: list[str]):
        wish = json.loads(self.body or b"{}")
        if not rest and self.command == "POST":
            slug = f"{wish['namespace']}/{wish['title'].lower().replace(' ', '-')}-0123"
            known = slug in self.hub.collections
            self.hub.collections.setdefault(slug, {"title": wish["title"], "items": []})
            self.json({"slug": slug} if known else self.collection(slug), 409 if known else 200)
            return
        slug = "/".join(rest[:2])
        if self.command == "POST":
            items = self.hub.collections[slug]["items"]
            known = wish["item"] in [each["item"] for each in items]
            if not known:
                items.append(wish)
            self.json(self.collection(slug), 409 if known else 200)
            return
        self.json(self.collection(slug))

    def collection(self, slug: str) -> dict:
        stored = self.hub.collections[slug]
        items = [
            {"_id": str(number), "id": each["item"]["id"], "type": "model", "position": number}
            for number, each in enumerate(stored["items"])
        ]
        return {
            "slug": slug,
            "title": stored["title"],
            "owner": {"name": slug.split("/")[0]},
            "items": items,
            "lastUpdated": "2026-01-01T00:00:00.000Z",
            "position": 0,
            "private": False,
            "theme": "blue",
            "upvotes": 0,
        }
