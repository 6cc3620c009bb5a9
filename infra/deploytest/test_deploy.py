"""Deploys the stack as a user does, with the real CDK, to a stand-in for AWS.

The stand-in is ministack on 127.0.0.1: CloudFormation, S3, IAM, STS, Lambda and
function URLs, with signatures and policies checked (AUTH=true). It runs no
code: requests that it lets in come to the small server below, which answers in
the place of the function, or hands them to our emulator, which runs the very
zips that were deployed.

Needs `npm ci --ignore-scripts`, `make layers` and the packages of
requirements.txt. What else a test needs, it names, and is skipped without:
`make build` and `make layers` for this machine's architecture
(YOLAMBDA_REQUIRE_BUILD=1 makes it fail instead), ../shared
(YOLAMBDA_REQUIRE_SHARED=1), qemu-aarch64, an arm64 sysroot and root's rights
(YOLAMBDA_REQUIRE_TOOLS=1). From the root of the project:

    build/deploytest-venv/bin/python -m unittest -v infra/deploytest/test_deploy.py
"""

import base64
import hashlib
import http.client
import http.server
import io
import json
import os
import pathlib
import platform
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import zipfile

import botocore.exceptions
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from integration.yolotest import FIXTURES, ROOT, SHARED, SQUARES, SQUARES_OPTIONS, Need, can_unshare, missing, need_shared, need_tool
from layers.export.graviton import QEMU

CODES = ROOT / "layers/codes/codes.onnx"
REGION = "us-east-1"
ADMIN = Credentials("test", "test")
PATIENT = Config(connect_timeout=3600, read_timeout=3600)  # no test depends on how busy the machine is
STACK = "yolambda"
ARCHITECTURE = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())  # this machine's, as Lambda calls it


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Function(http.server.BaseHTTPRequestHandler):
    """Answers in the place of the function, or lets the emulator; keeps what it was sent."""

    events = []
    emulator = None  # a client of the Lambda API

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.events.append(json.loads(body))
        if self.emulator:
            answer = self.emulator.invoke(FunctionName=STACK, Payload=body)["Payload"].read()
        else:
            answer = json.dumps({"statusCode": 200, "body": '{"detections":[]}'}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class DeployTest(unittest.TestCase):
    """The tests run in the order of their names, each on what the last one left."""

    @classmethod
    def setUpClass(cls):
        for needed in ("node_modules/.bin/cdk", "build/layers/runtime/arm64/lib/libonnxruntime.so"):
            if not (ROOT / needed).exists():
                raise AssertionError(f"{needed} is missing: run `npm ci --ignore-scripts` and `make layers` first")
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="yolambda-deploy-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.make_project()
        cls.start_servers()
        cls.clients = {name: cls.client(name) for name in ("iam", "sts", "lambda", "cloudformation", "s3", "stepfunctions")}

    @classmethod
    def make_project(cls):
        """A copy of what is deployed, so that tests may change it."""
        cls.project = cls.dir / "project"
        ignore = shutil.ignore_patterns("*_test.go", "testdata")
        shutil.copytree(ROOT / "lambda", cls.project / "lambda", ignore=ignore)
        # ONNX Runtime, and the doctor whom the app asks about models.
        (cls.project / "node_modules").symlink_to(ROOT / "node_modules")
        shutil.copytree(ROOT / "integration", cls.project / "integration", ignore=ignore)
        (cls.project / "go.work").write_text((ROOT / "go.work").read_text().replace("\t./infra\n", ""))
        # The two models of the project, the default first; a fixture in its place.
        cls.model, cls.second = (cls.project / f"layers/{name}/{name}.onnx" for name in ("coco", "codes"))
        for model, source in ((cls.model, FIXTURES / "squares.onnx"), (cls.second, CODES)):
            model.parent.mkdir(parents=True)
            shutil.copy(source, model)
        app = cls.dir / "app"
        subprocess.run(["go", "build", "-o", app, "."], cwd=ROOT / "infra", check=True)
        config = json.loads((ROOT / "cdk.json").read_text())
        config["app"] = config["app"].replace("go run ./infra", str(app))
        # The stand-in heeds the function's timeout, and under qemu on a busy machine a request may need minutes.
        config.setdefault("context", {})["timeout"] = "900"
        (cls.project / "cdk.json").write_text(json.dumps(config))

    @classmethod
    def start_servers(cls):
        function = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Function)
        threading.Thread(target=function.serve_forever, daemon=True).start()
        cls.addClassCleanup(function.server_close)
        cls.addClassCleanup(function.shutdown)

        cls.certificate, key = cls.dir / "cert.pem", cls.dir / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cls.certificate],
                       check=True, capture_output=True)
        log = open(cls.dir / "ministack.log", "wb")
        cls.addClassCleanup(log.close)
        for _ in range(5):  # it takes a port by its number alone, which another program may have by then
            cls.port = free_port()
            cls.endpoint = f"https://127.0.0.1:{cls.port}"
            server = subprocess.Popen(
                [pathlib.Path(sys.executable).with_name("ministack")], stdout=log, stderr=subprocess.STDOUT, cwd=cls.dir,
                env={"PATH": os.environ["PATH"], "HOME": str(cls.dir), "TMPDIR": str(cls.dir), "S3_DATA_DIR": str(cls.dir / "s3"),
                     "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(cls.port), "AUTH": "true", "USE_SSL": "1",
                     "MINISTACK_SSL_CERT": str(cls.certificate), "MINISTACK_SSL_KEY": str(key),
                     f"MINISTACK_LAMBDA_PROXY_{STACK}": f"http://127.0.0.1:{function.server_port}/invoke"})
            cls.addClassCleanup(server.wait)
            cls.addClassCleanup(server.terminate)
            while server.poll() is None:  # it listens or ends, however long a busy machine takes
                if cls.stand_in_answers():
                    return
                time.sleep(0.1)
        raise AssertionError((cls.dir / "ministack.log").read_text())

    @classmethod
    def stand_in_answers(cls):
        """Tells whether it is the stand-in that listens: nobody else has its certificate."""
        try:
            with socket.create_connection(("127.0.0.1", cls.port), timeout=60) as s:
                ssl.create_default_context(cafile=str(cls.certificate)).wrap_socket(s, server_hostname="127.0.0.1").close()
        except OSError:
            return False
        return True

    @classmethod
    def client(cls, service, caller=ADMIN):
        return botocore.session.get_session().create_client(
            service, region_name=REGION, endpoint_url=cls.endpoint, verify=str(cls.certificate), config=PATIENT,
            aws_access_key_id=caller.access_key, aws_secret_access_key=caller.secret_key, aws_session_token=caller.token)

    def cdk(self, *arguments, refused=False):
        """Runs the CDK against the stand-in, which it must do, or refuse to; gives all that it printed."""
        done = subprocess.run([ROOT / "node_modules/.bin/cdk", *arguments], cwd=self.project, env=self.environment(), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        if (done.returncode != 0) != refused:
            self.fail(f"cdk {' '.join(arguments)}:\n{done.stdout}")
        return done.stdout

    def environment(self):
        """Leads the CDK to the stand-in."""
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
            "AWS_ACCESS_KEY_ID": ADMIN.access_key, "AWS_SECRET_ACCESS_KEY": ADMIN.secret_key, "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_CA_BUNDLE": str(self.certificate),
            "NODE_EXTRA_CA_CERTS": str(self.certificate), "NODE_NO_WARNINGS": "1", "CI": "true",
        }

    def deploy(self, *settings):
        printed = self.cdk("deploy", "--require-approval", "never", "--outputs-file", "outputs.json", *settings)
        return printed, self.outputs()

    def function(self):
        """The live function: version, hash of the code, ARNs of the layers."""
        found = self.clients["lambda"].get_function(FunctionName=STACK, Qualifier="live")
        configuration = found["Configuration"]
        return {"version": configuration["Version"], "code": configuration["CodeSha256"],
                "layers": [layer["Arn"] for layer in configuration["Layers"]], "location": found["Code"]["Location"],
                "architectures": configuration["Architectures"]}

    def download(self, location):
        """Fetches a zip that the stand-in gives a URL for: from 127.0.0.1, whatever host the URL names."""
        url = urllib.parse.urlsplit(location)
        connection = self.connect()
        connection.request("GET", f"{url.path}?{url.query}", headers={"Host": url.netloc})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200, location)
        return zipfile.ZipFile(io.BytesIO(answer.read()))

    def connect(self):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port,
                                                 context=ssl.create_default_context(cafile=self.certificate))
        self.addCleanup(connection.close)
        return connection

    def call(self, credentials, body=b"{}", send=None, headers=None):
        """Calls the function URL as credentials; with send, another body than was signed."""
        url = self.outputs()["FunctionUrl"]
        request = AWSRequest("POST", url, headers={"content-type": "application/json", **(headers or {})}, data=body)
        if credentials:
            SigV4Auth(credentials, "lambda", REGION).add_auth(request)
        headers = {**dict(request.headers), "Host": urllib.parse.urlsplit(url).netloc}
        connection = self.connect()
        connection.request("POST", "/", body if send is None else send, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def outputs(self):
        return json.loads((self.project / "outputs.json").read_text())[STACK]

    def caller(self, name):
        """Makes a user with the caller policy attached."""
        iam = self.clients["iam"]
        iam.create_user(UserName=name)
        iam.attach_user_policy(UserName=name, PolicyArn=self.outputs()["CallerPolicyArn"])
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def role_without_policy(self):
        """Makes a role that may do nothing, and assumes it."""
        self.clients["iam"].create_role(RoleName="stranger", AssumeRolePolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}}]}))
        key = self.clients["sts"].assume_role(
            RoleArn="arn:aws:iam::000000000000:role/stranger", RoleSessionName="test")["Credentials"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])

    def test_01_bootstrap_and_deploy(self):
        self.cdk("bootstrap", f"aws://000000000000/{REGION}")
        _, outputs = self.deploy()
        self.assertTrue(outputs["FunctionUrl"].startswith("https://"), outputs)
        self.assertEqual(outputs["FunctionName"], STACK)
        self.assertEqual(outputs["Alias"], "live")
        self.assertEqual(outputs["Region"], REGION)
        self.assertEqual(outputs["LogGroup"], f"/aws/lambda/{STACK}")
        self.assertIn(":policy/", outputs["CallerPolicyArn"])
        labels = [f"{m.name} sha256:{hashlib.sha256(m.read_bytes()).hexdigest()[:12]}" for m in (self.model, self.second)]
        self.assertEqual(outputs["Model"], ", ".join(labels))

    def test_02_what_arrived(self):
        """The zips, pulled back, hold what was built and nothing else."""
        function = self.function()
        self.assertEqual(function["architectures"], ["arm64"])
        code = self.download(function["location"])
        self.assertEqual(code.namelist(), ["bootstrap"])
        bootstrap = code.read("bootstrap")
        self.assertEqual((bootstrap[:4], bootstrap[18]), (b"\x7fELF", 183), "not a program for arm64")
        self.assertTrue(code.getinfo("bootstrap").external_attr >> 16 & 0o111, "bootstrap is not executable")
        runtime = ROOT / "build/layers/runtime/arm64"
        want = {str(f.relative_to(runtime)): f for f in runtime.rglob("*") if f.is_file()} | {"models/coco.onnx": None, "models/codes.onnx": None}
        for arn in function["layers"]:
            name, version = arn.rsplit(":", 1)
            layer = self.clients["lambda"].get_layer_version(LayerName=name, VersionNumber=int(version))
            content = self.download(layer["Content"]["Location"])
            for file in [n for n in content.namelist() if not n.endswith("/")]:
                data, source = content.read(file), want.pop(file)
                if source:
                    self.assertTrue(data == source.read_bytes(), file)
                else:
                    self.assertIn(b"yolambda_optimized_by", data, file)
        self.assertEqual(want, {}, "a file is missing")

    def test_03_only_callers_with_the_policy_get_in(self):
        allowed, stranger = self.caller("allowed"), self.role_without_policy()
        Function.events.clear()
        status, body = self.call(allowed, b'{"image":"aGVsbG8="}')
        self.assertEqual((status, body), (200, b'{"detections":[]}'))
        self.assertEqual(len(Function.events), 1)
        self.assertEqual(Function.events[0]["version"], "2.0")
        self.assertIn("aGVsbG8=", Function.events[0]["body"])

        Function.events.clear()
        wrong = Credentials(allowed.access_key, "wrong")
        for name, answer in {
            "unsigned": self.call(None),
            "wrong secret": self.call(wrong),
            "tampered body": self.call(allowed, b'{"a":1}', send=b'{"a":2}'),
            "role without the policy": self.call(stranger),
        }.items():
            with self.subTest(name):
                self.assertEqual(answer[0], 403, answer)
        self.assertEqual(Function.events, [], "a refused request came through")

    def test_04_the_arm64_function_under_qemu(self):
        """A picture through the URL and the policy to the arm64 zips."""
        through = []
        if ARCHITECTURE != "arm64":
            need_tool(self, "unshare", "qemu-aarch64")
            if not can_unshare("--mount"):
                missing(self, Need.TOOLS, "a mount namespace needs root")
            if not pathlib.Path("/usr/aarch64-linux-gnu/lib/libstdc++.so.6").exists():
                missing(self, Need.TOOLS, "libstdc++6-arm64-cross is not installed")
            through = QEMU
        self.run_deployed(through)
        body = json.dumps({"image": base64.b64encode(SQUARES.read_bytes()).decode(), **SQUARES_OPTIONS}).encode()
        painter = self.caller("painter")
        status, answer = self.call(painter, body)
        self.assertEqual(status, 200, answer)
        found = {d["cls"]: d["box"] for d in json.loads(answer)["detections"]}
        self.assertEqual(sorted(found), ["blue", "red"], answer)
        for name, square in {"red": [30, 40, 126, 136], "blue": [300, 150, 396, 246]}.items():
            for got, want in zip(found[name], square, strict=True):
                self.assertLessEqual(abs(got - want), 7, (name, found[name]))  # half a cell of the model, and truncation
        with self.subTest("models by name"):
            self.assertEqual(json.loads(answer)["model"], "coco")
            picture = ROOT / "assets/codes.jpg"
            request = {"image": base64.b64encode(picture.read_bytes()).decode(), "model": "codes"}
            status, answer = self.call(painter, json.dumps(request).encode())
            self.assertEqual((status, json.loads(answer)["model"]), (200, "codes"), answer)
            self.assert_same(json.loads(answer)["detections"], self.detected_here(CODES, picture))

    def detected_here(self, model, picture):
        """What this machine's own build sees with a model whose graph was not optimized ahead of time."""
        done = subprocess.run([ROOT / "bin/yolambda", "predict", "--local", "--json", "--model", model, picture], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)["detections"]

    def assert_same(self, got, want):
        self.assertEqual([d["cls"] for d in got], [d["cls"] for d in want])
        self.assertTrue(want, "nothing is seen")
        for a, b in zip(got, want, strict=True):
            self.assertAlmostEqual(a["conf"], b["conf"], delta=0.001)
            for x, y in zip(a["box"], b["box"], strict=True):
                self.assertLessEqual(abs(x - y), 1, (a, b))  # of numbers that are cut to whole pixels

    def test_05_nothing_changed(self):
        before = self.function()
        printed, _ = self.deploy()
        self.assertIn("(no changes)", printed)
        self.assertEqual(self.function(), {**before, "location": self.function()["location"]})
        self.assertIn("There were no differences", self.cdk("diff"))

    def test_06_new_code_only(self):
        before = self.function()
        (self.project / "lambda/update.go").write_text('package main\n\nimport "os"\n\nfunc init() { os.Setenv("UPDATE", "5") }\n')
        self.assertIn("AWS::Lambda::Function", self.cdk("diff"))
        self.deploy()
        after = self.function()
        self.assertNotEqual(after["code"], before["code"])
        self.assertNotEqual(after["version"], before["version"])
        self.assertEqual(after["layers"], before["layers"])

    def test_07_new_model_only(self):
        before, model = self.function(), self.outputs()["Model"]
        shutil.copy(FIXTURES / "squares-static.onnx", self.model)
        self.deploy()
        after = self.function()
        self.assertEqual(after["code"], before["code"])
        self.assertNotEqual(after["version"], before["version"])
        self.assertEqual(len(set(after["layers"]) - set(before["layers"])), 1, "want one new layer, of the model that changed")
        self.assertNotEqual(self.outputs()["Model"], model)

    def test_07b_going_back_by_hand(self):
        """Old versions are kept; the alias moves back to one, and forward with the next deployment."""
        functions = self.clients["lambda"]
        kept = [v["Version"] for v in functions.list_versions_by_function(FunctionName=STACK)["Versions"] if v["Version"] != "$LATEST"]
        newest = self.function()["version"]
        self.assertGreaterEqual(len(kept), 3, "one for each deployment that changed the function")
        self.assertEqual(newest, max(kept, key=int))
        functions.update_alias(FunctionName=STACK, Name="live", FunctionVersion=kept[0])
        self.assertEqual(self.function()["version"], kept[0])
        findings = self.doctor()
        self.assertEqual(findings["versions"]["status"], "warn", findings)
        self.assertIn(f"--function-version {newest}", findings["versions"]["mend"])
        shutil.copy(FIXTURES / "squares.onnx", self.model)
        self.deploy()
        self.assertGreater(int(self.function()["version"]), int(newest))

    def test_07c_what_the_doctor_says(self):
        """Of a stack that this version made it says that nothing is missing."""
        findings = self.doctor()
        self.assertEqual({check: findings[check]["status"] for check in ("stack", "parts", "versions")},
                         {"stack": "ok", "parts": "ok", "versions": "ok"}, findings)

    def doctor(self):
        """The findings about the deployed stack. Those about this machine are not this test's."""
        self.need_command()
        # ministack ends a deployment while the function is still being updated, which AWS does not.
        self.clients["lambda"].get_waiter("function_updated_v2").wait(FunctionName=STACK, WaiterConfig={"MaxAttempts": 3600})
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir), "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.endpoint,
                       "SSL_CERT_FILE": str(self.certificate), "AWS_ACCESS_KEY_ID": ADMIN.access_key,
                       "AWS_SECRET_ACCESS_KEY": ADMIN.secret_key}
        done = subprocess.run([ROOT / "bin/yolambda", "doctor", "--stack", STACK, "--json"], env=environment, capture_output=True, text=True)
        findings = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertTrue(findings, done.stderr)
        return {f["check"]: f for f in findings}

    def test_07d_canary(self):
        """The stand-in has no CodeDeploy, and refuses these resources and no others; the check is built with what it asks."""
        out = self.dir / "canary"
        answer = {"file": str(SQUARES), "task": "detect", "detections": [{"cls": "red", "conf": 0.9, "box": [30, 40, 126, 136]}]}
        (self.project / "answers.jsonl").write_text("".join(json.dumps({**answer, "model": name}) + "\n" for name in ("coco", "codes")))
        self.cdk("synth", "--quiet", "--output", str(out), "-c", "rollout=canary", "-c", "answers=answers.jsonl")
        checks = list(out.glob("asset.*/checks.json"))
        self.assertEqual(len(checks), 1, list(out.iterdir()))
        self.assertEqual([c["answer"]["model"] for c in json.loads(checks[0].read_text())], ["coco", "codes"])
        program = checks[0].with_name("bootstrap").read_bytes()
        self.assertEqual((program[:4], program[18]), (b"\x7fELF", 183), "not a program for arm64")
        template = (out / f"{STACK}.template.json").read_text()
        with self.assertRaisesRegex(botocore.exceptions.ClientError, r"AWS::CodeDeploy::Application, AWS::CodeDeploy::DeploymentGroup\]"):
            self.clients["cloudformation"].validate_template(TemplateBody=template)

    def test_08_right_detections_from_what_was_deployed(self):
        """A photograph through the URL, the policy, and the zips, laid out as on Lambda, on this machine's architecture."""
        need_shared(self)
        model, picture = SHARED / "models/yolov8n.onnx", SHARED / "images/real/bus.jpg"
        self.need_host_architecture()
        shutil.copy(model, self.model)
        self.deploy("-c", f"architecture={ARCHITECTURE}")
        self.run_deployed()
        body = json.dumps({"image": base64.b64encode(picture.read_bytes()).decode(), "conf": 0.5}).encode()
        status, answer = self.call(self.caller("photographer"), body)
        self.assertEqual(status, 200, answer)
        found = sorted(d["cls"] for d in json.loads(answer)["detections"])
        self.assertEqual(found, ["bus", "person", "person", "person"])

    def test_08b_hotswap(self):
        """Changed code answers at once, without CloudFormation; what it can't change it leaves, and the next deployment takes all over."""
        self.need_host_architecture()
        shutil.copy(FIXTURES / "squares.onnx", self.model)
        here = ("-c", f"architecture={ARCHITECTURE}")
        self.deploy(*here)
        caller, request = self.caller("developer"), json.dumps({"image": base64.b64encode(SQUARES.read_bytes()).decode(), **SQUARES_OPTIONS}).encode()

        def model():
            self.run_deployed()
            status, answer = self.call(caller, request)
            self.assertEqual(status, 200, answer)
            return json.loads(answer)["model"]

        self.assertEqual(model(), "coco")
        stack, before = self.template(), self.function()
        (self.project / "lambda/update.go").write_text(
            'package main\n\nimport (\n\t"os"\n\t"strings"\n)\n\nfunc init() {\n'
            '\tos.Setenv("YOLAMBDA_MODEL", strings.Replace(os.Getenv("YOLAMBDA_MODEL"), "coco.onnx", "codes.onnx", 1))\n}\n')
        printed = self.cdk("deploy", "--hotswap", *here)
        self.assertIn("hotswapped!", printed)
        after = self.function()
        self.assertNotEqual(after["code"], before["code"])
        self.assertGreater(int(after["version"]), int(before["version"]))
        self.assertEqual(after["layers"], before["layers"])
        self.assertEqual(model(), "codes")
        self.assertEqual(self.template(), stack, "CloudFormation took part")

        with self.subTest("the same program by CloudFormation, with another setting of the function"):
            here += ("-c", "timeout=899")
            self.deploy(*here)
            deployed = self.function()
            self.assertEqual(deployed["code"], after["code"])
            self.assertGreater(int(deployed["version"]), int(after["version"]))
            self.assertEqual(model(), "codes")

        printed = self.cdk("deploy", "--hotswap", *here, "-c", "reservedConcurrency=5")
        self.assertIn("'ReservedConcurrentExecutions' are not hotswappable", printed)
        self.assertNotIn("ReservedConcurrentExecutions", self.clients["lambda"].get_function_concurrency(FunctionName=STACK))

        with self.subTest("watch"):
            self.watch(lambda: (self.project / "lambda/update.go").unlink(), *here)
            self.assertEqual(model(), "coco")
            self.assertGreater(int(self.function()["version"]), int(after["version"]))

    def watch(self, change, *arguments):
        """Lets the CDK watch while the function's source is changed, until the function has."""
        before = self.function()["code"]
        with open(self.dir / "watch.log", "w+") as log:
            watcher = subprocess.Popen([ROOT / "node_modules/.bin/cdk", "watch", "--no-logs", *arguments], cwd=self.project,
                                       env=self.environment(), stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
            try:
                said = lambda: (self.dir / "watch.log").read_text()
                self.wait_for(lambda: watcher.poll() is not None or "Triggering initial" in said())
                change()
                self.wait_for(lambda: watcher.poll() is not None or self.function()["code"] != before)
                self.assertIsNone(watcher.poll(), said())
            finally:
                watcher.terminate()
                watcher.wait()

    def template(self):
        return self.clients["cloudformation"].get_template(StackName=STACK)["TemplateBody"]

    def test_08c_domain(self):
        """What a domain is made of, and the rights of CloudFront where it is public. (The stand-in checks signatures before its CloudFront does anything.)"""
        zone = self.client("route53").create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]["Id"].rsplit("/", 1)[1]
        certificate = self.client("acm").request_certificate(DomainName="detect.example.org")["CertificateArn"]
        visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "limit"}
        acl = self.client("wafv2").create_web_acl(Name="limit", Scope="CLOUDFRONT", DefaultAction={"Allow": {}}, VisibilityConfig=visible)["Summary"]["ARN"]
        domain = [word for key, value in {"domain": "detect.example.org", "certificate": certificate, "hostedZone": zone, "webAcl": acl}.items()
                  for word in ("-c", f"{key}={value}")]
        _, outputs = self.deploy(*domain)
        self.assertEqual(outputs["DomainUrl"], "https://detect.example.org/")
        records = self.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        self.assertEqual({r["Type"]: r["AliasTarget"]["DNSName"].rstrip(".") for r in records if r["Name"] == "detect.example.org."},
                         dict.fromkeys(("A", "AAAA"), outputs["DistributionDomainName"]), records)
        with self.subTest("doctor"):
            findings = self.doctor()
            self.assertEqual({check: findings[check]["status"] for check in ("certificate", "web acl")}, {"certificate": "ok", "web acl": "ok"}, findings)
            self.assertIn("detect.example.org", findings["domain"]["detail"])  # of DNS, which may know no such name
        with self.subTest("public"):
            self.deploy(*domain, "-c", "public=true")
            policy = json.loads(self.clients["lambda"].get_policy(FunctionName=STACK, Qualifier="live")["Policy"])
            allowed = {s["Action"]: s for s in policy["Statement"] if s["Principal"] == {"Service": "cloudfront.amazonaws.com"}}
            self.assertEqual(sorted(allowed), ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"], policy)
            distribution = self.client("cloudfront").list_distributions()["DistributionList"]["Items"][0]
            for statement in allowed.values():
                self.assertEqual(statement["Condition"]["ArnLike"], {"AWS:SourceArn": distribution["ARN"]}, statement)
            self.assertEqual(self.call(None)[0], 403, "the function URL is public too")
        self.assertIn("AWS::CloudFront::Distribution", self.cdk("diff", refused=True))
        self.deploy("-c", "drop=true")

    def test_09_pictures_in_s3(self):
        """New pictures call the function, which reads and writes with the rights of its role; a batch calls it for all."""
        self.need_host_architecture()
        shutil.copy(FIXTURES / "squares.onnx", self.model)
        key = self.key()
        _, outputs = self.deploy("-c", f"architecture={ARCHITECTURE}", "-c", "batch=true", "-c", "trigger=s3", "-c", "timeout=300", "-c", f"kmsKey={key}")
        role = self.role_of_function()
        self.run_deployed(environment={
            **self.clients["lambda"].get_function_configuration(FunctionName=STACK, Qualifier="live")["Environment"]["Variables"],
            "AWS_ENDPOINT_URL_S3": self.endpoint, "SSL_CERT_FILE": str(self.certificate),
            "AWS_ACCESS_KEY_ID": role.access_key, "AWS_SECRET_ACCESS_KEY": role.secret_key, "AWS_SESSION_TOKEN": role.token})
        bucket = urllib.parse.urlsplit(outputs["PicturesLocation"]).netloc
        queue = self.client("sqs").get_queue_attributes(QueueUrl=outputs["FailedPicturesQueueUrl"], AttributeNames=["KmsMasterKeyId"])
        self.assertEqual(queue["Attributes"], {"KmsMasterKeyId": key})
        logs = self.client("logs").describe_log_groups(logGroupNamePrefix=outputs["LogGroup"])["logGroups"]
        self.assertEqual([group["kmsKeyId"] for group in logs], [key])
        pictures = {"elsewhere/a.png": SQUARES.read_bytes(), "pictures/a b.png": SQUARES.read_bytes(), "pictures/notes.txt": b"no picture"}
        for key, data in pictures.items():
            self.clients["s3"].put_object(Bucket=bucket, Key=key, Body=data)

        with self.subTest("trigger"):
            self.wait_for(lambda: len(self.results(bucket)) >= 2)
            results = self.results(bucket)
            self.assertEqual(sorted(results), ["results/trigger/pictures/a b.png.json", "results/trigger/pictures/notes.txt.json"])
            found = results["results/trigger/pictures/a b.png.json"]
            self.assertEqual(found["image_uri"], f"s3://{bucket}/pictures/a b.png")
            self.assertLessEqual({"red", "blue"}, {d["cls"] for d in found["detections"]})
            self.assertEqual(results["results/trigger/pictures/notes.txt.json"]["error"]["code"], "unsupported_picture")
        with self.subTest("the role ends at the prefix"):
            own = self.client("s3", role)
            own.get_object(Bucket=bucket, Key="pictures/a b.png")
            for refused in (lambda: own.get_object(Bucket=bucket, Key="elsewhere/a.png"),
                            lambda: own.put_object(Bucket=bucket, Key="pictures/c.png", Body=b"")):
                with self.assertRaisesRegex(botocore.exceptions.ClientError, "AccessDenied"):
                    refused()
        with self.subTest("request by address"):
            for key, want in ("pictures/a b.png", 200), ("elsewhere/a.png", 400):
                body = json.dumps({"image": f"s3://{bucket}/{key}", **SQUARES_OPTIONS}).encode()
                status, answer = self.call(ADMIN, body)
                self.assertEqual(status, want, answer)
        with self.subTest("batch"):
            self.batch(bucket, self.state_machine_without_batcher(outputs["BatchStateMachineArn"]))

    def key(self):
        """A key with the policy that docs/deploy.md has for it."""
        policy = (ROOT / "docs/deploy.md").read_text().split("<!-- key policy:")[1].split("```json")[1].split("```")[0]
        policy = policy.replace("123456789012", "000000000000").replace("eu-central-1", REGION)
        return self.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]

    def batch(self, bucket, machine):
        command = [ROOT / "bin/yolambda", "batch", "--state-machine", machine, "--input", f"s3://{bucket}/pictures/",
                   "--conf", "0.8", "--imgsz", "320", "--name", "once", "--json"]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir), "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.endpoint,
                       "SSL_CERT_FILE": str(self.certificate), "AWS_ACCESS_KEY_ID": ADMIN.access_key,
                       "AWS_SECRET_ACCESS_KEY": ADMIN.secret_key}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        summary = json.loads(done.stdout)
        self.assertEqual((summary["status"], summary["pictures"], summary["failed"]), ("SUCCEEDED", 2, 0))
        states = self.clients["stepfunctions"]
        run = states.list_map_runs(executionArn=summary["execution"])["mapRuns"][0]["mapRunArn"]
        lines = []
        for child in states.list_executions(mapRunArn=run)["executions"]:
            lines += json.loads(states.describe_execution(executionArn=child["executionArn"])["output"])
        lines = {line["image_uri"]: line for line in lines}
        self.assertEqual(sorted(d["cls"] for d in lines[f"s3://{bucket}/pictures/a b.png"]["detections"]), ["blue", "red"])
        self.assertEqual(lines[f"s3://{bucket}/pictures/notes.txt"]["error"]["code"], "unsupported_picture")

        again = subprocess.run(command, env=environment, capture_output=True, text=True)
        self.assertEqual(again.returncode, 1, again.stdout)
        self.assertIn("choose another --name", again.stderr)

    def state_machine_without_batcher(self, arn):
        """The deployed state machine with batches of one: the stand-in knows neither ItemBatcher nor ResultWriter."""
        states = self.clients["stepfunctions"]
        deployed = states.describe_state_machine(stateMachineArn=arn)
        definition = json.loads(deployed["definition"])
        pictures = definition["States"]["Pictures"]
        pictures["ItemSelector"] = {"Items": [pictures["ItemSelector"]], "BatchInput": pictures.pop("ItemBatcher")["BatchInput"]}
        return states.create_state_machine(name="without-batcher", definition=json.dumps(definition),
                                           roleArn=deployed["roleArn"])["stateMachineArn"]

    def results(self, bucket):
        s3 = self.clients["s3"]
        keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="results/").get("Contents", [])]
        return {key: json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys}

    def role_of_function(self):
        """The credentials that Lambda would give the function."""
        iam = self.clients["iam"]
        arn = self.clients["lambda"].get_function_configuration(FunctionName=STACK)["Role"]
        iam.update_assume_role_policy(RoleName=arn.rsplit("/", 1)[1], PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}}]}))
        key = self.clients["sts"].assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])

    def need_host_architecture(self):
        if not ARCHITECTURE or sys.platform != "linux":
            self.skipTest("this machine can't run what is made for Lambda")
        library = ROOT / f"build/layers/runtime/{ARCHITECTURE}/lib/libonnxruntime.so"
        if not library.exists():
            missing(self, Need.BUILD, f"{library} is missing: run `make layers ARCH={ARCHITECTURE}`")

    def need_command(self):
        if not (ROOT / "bin/yolambda").exists():
            missing(self, Need.BUILD, "bin/yolambda is missing: run `make build`")

    def run_deployed(self, through=(), environment=None):
        """Starts the zips that are deployed, laid out as on Lambda, behind our emulator, which from now on
        answers what the stand-in lets in. The program runs through another one, if given."""
        self.need_command()
        function, place = self.function(), pathlib.Path(tempfile.mkdtemp(dir=self.dir))
        self.download(function["location"]).extractall(place / "task")
        for arn in function["layers"]:
            name, version = arn.rsplit(":", 1)
            layer = self.clients["lambda"].get_layer_version(LayerName=name, VersionNumber=int(version))
            self.download(layer["Content"]["Location"]).extractall(place / "opt")
        (place / "task/bootstrap").chmod(0o755)  # zipfile drops the mode; test_02 has checked it
        start = place / "start"
        here = {name: value.replace("/opt/", f"{place}/opt/") for name, value in (environment or {}).items()}  # the layers' place
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in here.items())
        start.write_text(f"#!/bin/sh\n{exports}exec {shlex.join([*through, str(place / 'task/bootstrap')])}\n")
        start.chmod(0o755)
        with open(place / "log", "wb") as log:
            emulator = subprocess.Popen(
                [ROOT / "bin/yolambda", "serve", "--json", "--addr", "127.0.0.1:0", "--concurrency", "4", "--timeout", "1h", "--bootstrap", start,
                 "--library", place / "opt/lib/libonnxruntime.so", "--model", place / "opt/models/coco.onnx", "--models", place / "opt/models"],
                stdout=subprocess.PIPE, stderr=log)
        self.addCleanup(emulator.stdout.close)
        self.addCleanup(emulator.wait)
        self.addCleanup(emulator.terminate)
        line = emulator.stdout.readline()
        self.assertTrue(line, (place / "log").read_text())
        served = json.loads(line)
        self.addCleanup(setattr, Function, "emulator", None)
        Function.emulator = botocore.session.get_session().create_client(
            "lambda", region_name=served["region"], endpoint_url=served["url"], config=PATIENT,
            aws_access_key_id=served["access_key_id"], aws_secret_access_key=served["secret_access_key"])

    def wait_for(self, condition):
        deadline = time.monotonic() + 3600  # only a hang takes an hour, even on a busy machine
        while not condition():
            self.assertLess(time.monotonic(), deadline, "nothing happened for an hour")
            time.sleep(0.1)

    def test_10_nothing_is_dropped_without_a_word(self):
        """A deployment that forgets the settings of the last one is refused; buckets outlive one that is confirmed, and are adopted."""
        _, outputs = self.deploy("-c", "batch=true", "-c", "trigger=s3", "-c", "timeout=300")
        bucket = urllib.parse.urlsplit(outputs["PicturesLocation"]).netloc
        for command in "deploy", "diff":
            with self.subTest(command):
                said = self.cdk(command, refused=True)
                for lost in f"AWS::S3::Bucket {bucket}", "AWS::StepFunctions::StateMachine", "AWS::Events::Rule", "-c drop=true":
                    self.assertIn(lost, said)
        self.deploy("-c", "drop=true")
        self.clients["s3"].head_bucket(Bucket=bucket)

        (self.project / "environments").mkdir()
        (self.project / "environments/prod.json").write_text(json.dumps({"memory": 3008, "batch": True, "bucket": bucket}))
        settings = ("-c", "env=prod", "-c", "timeout=300")
        _, outputs = self.deploy(*settings)
        self.assertEqual(outputs["BatchResultsLocation"], f"s3://{bucket}/results/batch/")
        self.assertEqual(outputs["PicturesLocation"], f"s3://{bucket}/pictures/")
        configuration = self.clients["lambda"].get_function_configuration(FunctionName=STACK, Qualifier="live")
        self.assertEqual((configuration["MemorySize"], configuration["Environment"]["Variables"]["YOLAMBDA_S3_PREFIXES"]), (3008, f"s3://{bucket}/pictures/"))
        kinds = {r["ResourceType"] for r in self.clients["cloudformation"].list_stack_resources(StackName=STACK)["StackResourceSummaries"]}
        self.assertNotIn("AWS::S3::Bucket", kinds)
        self.assertIn("There were no differences", self.cdk("diff", *settings))

    def test_11_destroy(self):
        self.cdk("destroy", "--force")
        stacks = self.clients["cloudformation"].list_stacks()["StackSummaries"]
        self.assertIn("DELETE_COMPLETE", [s["StackStatus"] for s in stacks if s["StackName"] == STACK])
        with self.assertRaises(self.clients["lambda"].exceptions.ResourceNotFoundException):
            self.clients["lambda"].get_function(FunctionName=STACK)


if __name__ == "__main__":
    unittest.main()
