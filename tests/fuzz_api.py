"""The inner part of scripts/fuzz-api: waits for the demo, signs in, writes the document for one clinic, runs schemathesis."""

import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

SLUG = "santkrupa"
ROLES = ["admin", "doctor", "receptionist"]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Ends the very session that asks.
LEFT_OUT = {("delete", "/clinic/{slug}/api/v1/sessions/current")}


def call(method, url, body=None, token=None):
    request = urllib.request.Request(url, method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("content-type", "application/json")
    if token:
        request.add_header("authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def demo_manifest(place, pid):
    """Waits for the manifest, and for the server to answer; gives up when the demo has ended."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if not pathlib.Path(f"/proc/{pid}").exists() and pathlib.Path("/proc").exists():
            break
        try:
            manifest = json.loads((place / "demo" / "demo.json").read_text())
            urllib.request.urlopen(manifest["base_url"] + "/readyz", timeout=5)
            return manifest
        except (OSError, ValueError):
            time.sleep(0.1)
    sys.exit("fuzz-api: the demo did not start:\n" + (place / "demo.log").read_text()[-2000:])


def for_one_clinic(document, known_ids):
    """The document with the slug filled in, real ids among the possible ones, and no endless answers."""
    paths = {}
    for path, item in document["paths"].items():
        kept = {}
        for method, operation in item.items():
            content = operation.get("responses", {}).get("200", {}).get("content", {})
            if (method, path) in LEFT_OUT or "text/event-stream" in content:
                continue
            parameters = [p for p in operation.get("parameters", []) if p["name"] != "slug"]
            for parameter in parameters:
                ids = known_ids(path) if parameter["name"] == "id" else []
                if ids:
                    parameter["schema"] = {"type": "string", "enum": ids}
            kept[method] = {**operation, "parameters": parameters}
        # Platform addresses name a clinic too, as a thing.
        if kept and (path.startswith("/clinic/{slug}") or "{slug}" not in path):
            paths[path.replace("{slug}", SLUG)] = kept
    return {**document, "paths": paths}


def main():
    place, pid, schemathesis, seconds = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    manifest = demo_manifest(place, pid)
    base = manifest["base_url"]
    users = next(clinic["users"] for clinic in manifest["clinics"] if clinic["slug"] == SLUG)
    tokens = {}
    for role in ROLES:
        user = next(user for user in users if user["role"] == role)
        body = {"identifier": user["identifier"], "password": user["password"]}
        tokens[role] = call("POST", f"{base}/clinic/{SLUG}/api/v1/sessions", body)["access_token"]
    document = call("GET", f"{base}/api/v1/openapi.json")
    found = {}

    def known_ids(path):
        collection = path.split("/{id}")[0].replace("{slug}", SLUG)
        if collection.endswith("/sessions"):
            return []
        if collection not in found:
            try:
                items = call("GET", f"{base}{collection}?limit=3", token=tokens["admin"])["items"]
            except (urllib.error.HTTPError, KeyError):
                items = []
            # The thing's own id comes first in its JSON.
            found[collection] = [str(next(iter(item.values()))) for item in items] + ["018f0000-0000-7000-8000-000000000000"]
        return found[collection]

    failed = []
    for role in ROLES:
        schema = place / f"{role}.json"
        schema.write_text(json.dumps(for_one_clinic(json.loads(json.dumps(document)), known_ids)))
        print(f"fuzz-api: as {role}", flush=True)
        done = subprocess.run([
            schemathesis, "run", str(schema), "--url", base, "--header", f"Authorization:Bearer {tokens[role]}",
            "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-time", seconds, "--max-examples", "20",
            "--seed", "20260301", "--workers", "1", "--request-timeout", "10", "--no-shrink", "--continue-on-failure", "--warnings", "off",
        ], cwd=place, check=False)
        if done.returncode != 0:
            failed.append(role)
    call("GET", f"{base}/clinic/{SLUG}/api/v1/me", token=tokens["doctor"])
    if failed:
        sys.exit(f"fuzz-api: findings as {', '.join(failed)}")
    print("fuzz-api: no finding")


main()
