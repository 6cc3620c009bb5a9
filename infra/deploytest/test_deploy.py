"""Deploys the stack as a user does, with the real CDK, to a stand-in for AWS.

The stand-in is ministack on 127.0.0.1: CloudFormation, S3, IAM, STS, Lambda and
function URLs, with signatures and policies checked (AUTH=true). It runs no
code: requests that it lets in come to the small server below, which answers in
the place of the function, or hands them to our emulator, which runs the very
zips that were deployed.

Needs `npm ci --ignore-scripts`, `make layers` and the packages of
requirements.txt. The test with the emulator needs `make build`, `make layers
ARCH=x86_64` and ../shared as well, and is skipped without, unless
YOLAMBDA_REQUIRE_SHARED is 1. From the root of the project:

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
import random
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

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "us-east-1"
ADMIN = Credentials("test", "test")
STACK = "yolambda"


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
        shutil.copytree(ROOT / "build/layers/runtime", cls.project / "build/layers/runtime")
        cls.model = cls.project / "layers/model/model.onnx"
        cls.model.parent.mkdir(parents=True)
        # Nothing runs the model here, so any bytes do.
        cls.model.write_bytes(random.Random(1).randbytes(1 << 20))
        app = cls.dir / "app"
        subprocess.run(["go", "build", "-o", app, "."], cwd=ROOT / "infra", check=True)
        config = json.loads((ROOT / "cdk.json").read_text())
        config["app"] = config["app"].replace("go run ./infra", str(app))
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
        cls.port = free_port()
        cls.endpoint = f"https://127.0.0.1:{cls.port}"
        log = open(cls.dir / "ministack.log", "wb")
        cls.addClassCleanup(log.close)
        server = subprocess.Popen(
            [pathlib.Path(sys.executable).with_name("ministack")], stdout=log, stderr=subprocess.STDOUT, cwd=cls.dir,
            env={"PATH": os.environ["PATH"], "HOME": str(cls.dir), "TMPDIR": str(cls.dir), "S3_DATA_DIR": str(cls.dir / "s3"),
                 "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(cls.port), "AUTH": "true", "USE_SSL": "1",
                 "MINISTACK_SSL_CERT": str(cls.certificate), "MINISTACK_SSL_KEY": str(key),
                 f"MINISTACK_LAMBDA_PROXY_{STACK}": f"http://127.0.0.1:{function.server_port}/invoke"})
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.terminate)
        deadline = time.monotonic() + 60
        while True:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", cls.port)) == 0:
                    return
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((cls.dir / "ministack.log").read_text())
            time.sleep(0.1)

    @classmethod
    def client(cls, service):
        return botocore.session.get_session().create_client(
            service, region_name=REGION, endpoint_url=cls.endpoint, verify=str(cls.certificate),
            aws_access_key_id=ADMIN.access_key, aws_secret_access_key=ADMIN.secret_key)

    def cdk(self, *arguments):
        """Runs the CDK against the stand-in and gives all that it printed."""
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
            "AWS_ACCESS_KEY_ID": ADMIN.access_key, "AWS_SECRET_ACCESS_KEY": ADMIN.secret_key, "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_CA_BUNDLE": str(self.certificate),
            "NODE_EXTRA_CA_CERTS": str(self.certificate), "NODE_NO_WARNINGS": "1", "CI": "true",
        }
        done = subprocess.run([ROOT / "node_modules/.bin/cdk", *arguments], cwd=self.project, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            self.fail(f"cdk {' '.join(arguments)}:\n{done.stdout}")
        return done.stdout

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
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30,
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

    def test_1_bootstrap_and_deploy(self):
        self.cdk("bootstrap", f"aws://000000000000/{REGION}")
        _, outputs = self.deploy()
        self.assertTrue(outputs["FunctionUrl"].startswith("https://"), outputs)
        self.assertEqual(outputs["FunctionName"], STACK)
        self.assertEqual(outputs["Alias"], "live")
        self.assertEqual(outputs["Region"], REGION)
        self.assertEqual(outputs["LogGroup"], f"/aws/lambda/{STACK}")
        self.assertIn(":policy/", outputs["CallerPolicyArn"])
        digest = hashlib.sha256(self.model.read_bytes()).hexdigest()
        self.assertEqual(outputs["Model"], f"model.onnx sha256:{digest[:12]}")

    def test_2_what_arrived(self):
        """The zips, pulled back, hold what was built and nothing else."""
        function = self.function()
        self.assertEqual(function["architectures"], ["arm64"])
        code = self.download(function["location"])
        self.assertEqual(code.namelist(), ["bootstrap"])
        bootstrap = code.read("bootstrap")
        self.assertEqual((bootstrap[:4], bootstrap[18]), (b"\x7fELF", 183), "not a program for arm64")
        self.assertTrue(code.getinfo("bootstrap").external_attr >> 16 & 0o111, "bootstrap is not executable")
        want = {"lib/libonnxruntime.so": self.project / "build/layers/runtime/arm64/lib/libonnxruntime.so",
                "model.onnx": self.model}
        for arn in function["layers"]:
            name, version = arn.rsplit(":", 1)
            layer = self.clients["lambda"].get_layer_version(LayerName=name, VersionNumber=int(version))
            content = self.download(layer["Content"]["Location"])
            files = [n for n in content.namelist() if not n.endswith("/")]
            self.assertEqual(len(files), 1, files)
            self.assertTrue(content.read(files[0]) == want.pop(files[0]).read_bytes(), files[0])
        self.assertEqual(want, {}, "a layer is missing")

    def test_3_only_callers_with_the_policy_get_in(self):
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

    def test_4_nothing_changed(self):
        before = self.function()
        printed, _ = self.deploy()
        self.assertIn("(no changes)", printed)
        self.assertEqual(self.function(), {**before, "location": self.function()["location"]})
        self.assertIn("There were no differences", self.cdk("diff"))

    def test_5_new_code_only(self):
        before = self.function()
        (self.project / "lambda/update.go").write_text('package main\n\nimport "os"\n\nfunc init() { os.Setenv("UPDATE", "5") }\n')
        self.assertIn("AWS::Lambda::Function", self.cdk("diff"))
        self.deploy()
        after = self.function()
        self.assertNotEqual(after["code"], before["code"])
        self.assertNotEqual(after["version"], before["version"])
        self.assertEqual(after["layers"], before["layers"])

    def test_6_new_model_only(self):
        before, model = self.function(), self.outputs()["Model"]
        with open(self.model, "ab") as file:
            file.write(b"\x00")
        self.deploy()
        after = self.function()
        self.assertEqual(after["code"], before["code"])
        self.assertNotEqual(after["version"], before["version"])
        self.assertEqual(len(set(after["layers"]) & set(before["layers"])), 1, "want one new layer")
        self.assertNotEqual(self.outputs()["Model"], model)

    def test_7_right_detections_from_what_was_deployed(self):
        """A picture through the URL, the policy, and the zips, laid out as on Lambda.

        On x86_64, so that it runs at full speed; the program for arm64 has a
        test under qemu in integration/e2e.
        """
        model, picture = ROOT / "../shared/models/yolov8n.onnx", ROOT / "../shared/images/real/bus.jpg"
        library = ROOT / "build/layers/runtime/x86_64/lib/libonnxruntime.so"
        for needed in (model, picture, library, ROOT / "bin/yolambda"):
            if not needed.exists():
                if os.environ.get("YOLAMBDA_REQUIRE_SHARED") == "1":
                    self.fail(f"{needed} is missing")
                self.skipTest(f"{needed} is missing")
        if platform.machine() != "x86_64":
            self.skipTest("needs an x86_64 machine")
        shutil.copy(model, self.model)
        self.deploy("-c", "architecture=x86_64")

        function, lambda_dir = self.function(), self.dir / "lambda"
        self.download(function["location"]).extractall(lambda_dir / "task")
        for arn in function["layers"]:
            name, version = arn.rsplit(":", 1)
            layer = self.clients["lambda"].get_layer_version(LayerName=name, VersionNumber=int(version))
            self.download(layer["Content"]["Location"]).extractall(lambda_dir / "opt")
        (lambda_dir / "task/bootstrap").chmod(0o755)  # zipfile drops the mode; test_2 has checked it
        emulator = subprocess.Popen(
            [ROOT / "bin/yolambda", "serve", "--json", "--addr", "127.0.0.1:0", "--bootstrap", lambda_dir / "task/bootstrap",
             "--library", lambda_dir / "opt/lib/libonnxruntime.so", "--model", lambda_dir / "opt/model.onnx"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(emulator.stdout.close)
        self.addCleanup(emulator.wait)
        self.addCleanup(emulator.terminate)
        served = json.loads(emulator.stdout.readline())
        self.addCleanup(setattr, Function, "emulator", None)
        Function.emulator = botocore.session.get_session().create_client(
            "lambda", region_name=served["region"], endpoint_url=served["url"],
            aws_access_key_id=served["access_key_id"], aws_secret_access_key=served["secret_access_key"])

        caller = self.caller("caller")
        body = json.dumps({"image": base64.b64encode(picture.read_bytes()).decode(), "conf": 0.5}).encode()
        status, answer = self.call(caller, body)
        self.assertEqual(status, 200, answer)
        found = sorted(d["cls"] for d in json.loads(answer)["detections"])
        self.assertEqual(found, ["bus", "person", "person", "person"])

    def test_8_pictures_in_s3(self):
        """New pictures call the function; the state machine calls it for those that are there.

        The stand-in knows neither ItemBatcher nor ResultWriter, so what a call
        of the batch holds and where results go is not seen here.
        """
        _, outputs = self.deploy("-c", "batch=true", "-c", "trigger=s3")
        bucket = urllib.parse.urlsplit(outputs["PicturesLocation"]).netloc
        Function.events.clear()
        for key in ("elsewhere/a.jpg", "pictures/a b.jpg", "pictures/c.jpg"):
            self.clients["s3"].put_object(Bucket=bucket, Key=key, Body=b"picture")
        self.wait_for(lambda: len(Function.events) >= 2)
        self.assertEqual(sorted(event["detail"]["object"]["key"] for event in Function.events), ["pictures/a b.jpg", "pictures/c.jpg"])
        self.assertEqual({event["detail-type"] for event in Function.events}, {"Object Created"})

        Function.events.clear()
        states, machine = self.clients["stepfunctions"], outputs["BatchStateMachineArn"]
        run = states.start_execution(stateMachineArn=machine, name="once")["executionArn"]
        self.wait_for(lambda: states.describe_execution(executionArn=run)["status"] != "RUNNING")
        self.assertEqual(states.describe_execution(executionArn=run)["status"], "SUCCEEDED")
        self.assertEqual(len(Function.events), 2)
        with self.assertRaises(states.exceptions.ExecutionAlreadyExists):
            states.start_execution(stateMachineArn=machine, name="once", input='{"prefix": "pictures/c"}')

    def wait_for(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), deadline, "nothing happened for a minute")
            time.sleep(0.1)

    def test_9_destroy(self):
        self.cdk("destroy", "--force")
        stacks = self.clients["cloudformation"].list_stacks()["StackSummaries"]
        self.assertIn("DELETE_COMPLETE", [s["StackStatus"] for s in stacks if s["StackName"] == STACK])
        with self.assertRaises(self.clients["lambda"].exceptions.ResourceNotFoundException):
            self.clients["lambda"].get_function(FunctionName=STACK)


if __name__ == "__main__":
    unittest.main()
