#!/usr/bin/env python3
"""The container and the manifests of conf/ fit each other and the program. Neither a container
engine nor a cluster runs here: what is shown is that names, numbers and files agree, and that the
gate starts with the configuration they give it.

    deploy_test.py ROOT BUILD [TEST…]
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import yaml

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
GATE = BUILD / "beian-gate"
DOCKERFILE = (ROOT / "conf/container/Dockerfile").read_text(encoding="utf-8")
MANIFESTS = list(yaml.safe_load_all((ROOT / "conf/kubernetes/beian-gate.yaml").read_text(encoding="utf-8")))
LOG_SECONDS = 5  # how long a log may take to stop: kStopDeadline
LABELS = {"app.kubernetes.io/name": "beian-gate"}
KINDS = {"ConfigMap": "v1", "Deployment": "apps/v1", "Service": "v1", "PodDisruptionBudget": "policy/v1",
         "NetworkPolicy": "networking.k8s.io/v1"}


def manifest(kind):
    found, = (one for one in MANIFESTS if one["kind"] == kind)
    return found


POD = manifest("Deployment")["spec"]["template"]["spec"]
CONTAINER, = POD["containers"]
CONFIG = manifest("ConfigMap")["data"]["gate.toml"]


def instruction(word, last=True):
    """What follows the last (or first) `word` of the Dockerfile, with continued lines joined."""
    found = re.findall(rf"(?m)^{word} ((?:.*\\\n)*.*)$", DOCKERFILE)
    return " ".join(found[-1 if last else 0].replace("\\\n", " ").split())


class Container(unittest.TestCase):
    def test_it_builds_with_packages_that_dev_installs_too(self):
        listed = re.search(r"(?s)\npackages=\((.*?)\)", (ROOT / "dev").read_text())[1].split()
        installed = re.search(r"--no-install-recommends (.*?) &&", instruction("RUN", last=False))[1].split()
        self.assertEqual(set(installed) - set(listed), set())
        # Every library that the build looks for is installed.
        wanted = {name for name in listed if name.endswith("-dev")} - {"libgtest-dev", "libgmock-dev"}
        self.assertEqual(wanted - set(installed), set())

    def test_it_runs_as_a_user_of_its_own_and_tells_its_health(self):
        user, group = instruction("USER").split(":")
        self.assertIn(f"--uid {user} --gid {group} ", instruction("RUN"))
        self.assertEqual(instruction("WORKDIR"), "/var/lib/beian-gate")
        check = json.loads(instruction("HEALTHCHECK").partition("CMD ")[2])
        self.assertEqual(check[:2], ["beian-gate", "healthcheck"])
        for command in (check[1:], json.loads(instruction("CMD"))):
            told = subprocess.run([GATE, command[0], "--help"], capture_output=True, text=True, timeout=60)
            for flag in (word for word in command if word.startswith("--")):
                self.assertIn(f"{flag} ", told.stdout)

    def test_docker_waits_longer_than_the_gate_drains(self):
        printed = subprocess.run([GATE, "config", "print"], capture_output=True, text=True, timeout=60).stdout
        patience = int(re.search(r"--stop-timeout (\d+)", DOCKERFILE)[1])
        self.assertGreater(patience, tomllib.loads(printed)["drain_seconds"] + LOG_SECONDS)

    def test_what_is_copied_leaves_builds_out(self):
        ignored = (ROOT / ".dockerignore").read_text().split()
        self.assertTrue({"/build/", "/.git/"} <= set(ignored))


class Manifests(unittest.TestCase):
    def test_there_is_one_of_each_and_they_mean_the_same_pods(self):
        self.assertEqual({one["kind"]: one["apiVersion"] for one in MANIFESTS}, KINDS)
        self.assertEqual(len(MANIFESTS), len(KINDS))
        self.assertEqual({one["metadata"]["name"] for one in MANIFESTS}, {"beian-gate"})
        deployment = manifest("Deployment")["spec"]
        selectors = [deployment["selector"]["matchLabels"], deployment["template"]["metadata"]["labels"],
                     manifest("Service")["spec"]["selector"],
                     manifest("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                     manifest("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
                     *(one["labelSelector"]["matchLabels"] for one in POD["topologySpreadConstraints"])]
        for selector in selectors:
            self.assertEqual(selector, LABELS)
        self.assertGreater(deployment["replicas"], manifest("PodDisruptionBudget")["spec"]["minAvailable"])

    def test_ports_are_those_of_the_configuration(self):
        config = tomllib.loads(CONFIG)
        ports = {port["name"]: port["containerPort"] for port in CONTAINER["ports"]}
        self.assertEqual(ports, {"http": int(config["listen"].rpartition(":")[2]),
                                 "admin": int(config["admin"]["listen"].rpartition(":")[2])})
        used = [CONTAINER["livenessProbe"]["httpGet"]["port"], CONTAINER["readinessProbe"]["httpGet"]["port"],
                *(port["targetPort"] for port in manifest("Service")["spec"]["ports"]),
                *(port["port"] for rule in manifest("NetworkPolicy")["spec"]["ingress"] for port in rule["ports"])]
        self.assertEqual(set(used), set(ports))

    def test_the_pod_is_restricted(self):
        """The profile `restricted` of the Pod Security Standards, and a read-only root file system."""
        pod, container = POD["securityContext"], CONTAINER["securityContext"]
        self.assertIs(pod["runAsNonRoot"], True)
        self.assertEqual(pod["seccompProfile"], {"type": "RuntimeDefault"})
        self.assertEqual(container, {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                     "capabilities": {"drop": ["ALL"]}})
        self.assertIs(POD["automountServiceAccountToken"], False)
        self.assertEqual(f"{pod['runAsUser']}:{pod['runAsGroup']}", instruction("USER"))
        self.assertEqual({"hostPath", "hostNetwork"} & {key for volume in POD["volumes"] for key in volume}, set())

    def test_volumes_hold_what_the_configuration_names(self):
        mounts = {mount["name"]: mount for mount in CONTAINER["volumeMounts"]}
        self.assertEqual(set(mounts), {volume["name"] for volume in POD["volumes"]})
        self.assertEqual(CONTAINER["args"], json.loads(instruction("CMD")))
        self.assertEqual(CONTAINER["args"][-1], mounts["config"]["mountPath"] + "/gate.toml")
        registry = tomllib.loads(CONFIG)["registry"]
        for path in (*registry["trusted_keys"], registry["redis"]["password_file"]):
            self.assertTrue(path.startswith(mounts["secret"]["mountPath"] + "/"), path)
        self.assertTrue(registry["local_copy"].startswith(mounts["state"]["mountPath"] + "/"))
        self.assertNotIn("readOnly", mounts["state"])

    def test_stopping_has_the_time_that_it_takes(self):
        sleep = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][1])
        drain = tomllib.loads(CONFIG)["drain_seconds"]
        self.assertGreater(POD["terminationGracePeriodSeconds"], sleep + drain + LOG_SECONDS)
        version = re.search(r"project\(beian-gate VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual(CONTAINER["image"], f"beian-gate:{version}")
        self.assertIn(f"-t beian-gate:{version} ", DOCKERFILE)

    def test_the_gate_starts_with_it_and_answers_the_probes(self):
        with tempfile.TemporaryDirectory(prefix="beian-deploy-") as name:
            folder = Path(name)
            subprocess.run([GATE, "registry", "keygen", folder / "registry.key"], check=True, capture_output=True,
                           timeout=60)
            (folder / "redis-password").write_text("secret\n")
            config = CONFIG.replace("/run/secrets/beian-gate", name).replace("/var/lib/beian-gate", name)
            config = re.sub(r'"0\.0\.0\.0:\d+"', '"127.0.0.1:0"', config)
            config = config.replace("redis.beian.svc:6379", "127.0.0.1:1")
            (folder / "gate.toml").write_text(config)
            gate = subprocess.Popen([GATE, "serve", "--config", folder / "gate.toml"], cwd=folder,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                url = gate.stdout.readline().split()[-1]
                answers = [self.status(url + CONTAINER[probe]["httpGet"]["path"])
                           for probe in ("livenessProbe", "readinessProbe")]
            finally:
                gate.terminate()
                gate.communicate(timeout=60)
            self.assertEqual(answers, [200, 503], "alive, and not ready without a registry")

    def status(self, url):
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
