package ui_test

import (
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/integration/proxy"
	"github.com/yolambda/yolambda/lambda/yolotest"
)

// A pasted picture is looked at.
func TestPaste(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	p := open(t, f, 1280, 900)
	get[*bool](p, `(async () => {
		const canvas = new OffscreenCanvas(320, 320);
		const ctx = canvas.getContext("2d");
		ctx.fillStyle = "#808080";
		ctx.fillRect(0, 0, 320, 320);
		ctx.fillStyle = "#f00";
		ctx.fillRect(64, 64, 64, 64);
		const data = new DataTransfer();
		data.items.add(new File([await canvas.convertToBlob()], "image.png", { type: "image/png" }));
		document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
	})()`)
	p.answered()
	if got := p.listed(); len(got) == 0 || !strings.HasPrefix(got[0], "red") {
		t.Errorf("listed %q, want a red square", got)
	}
}

// A picture over Lambda's limit is scaled down in the browser, which says so.
func TestLargePicture(t *testing.T) {
	noise := image.NewNRGBA(image.Rect(0, 0, 1600, 1200))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(random.Uint32()) | 0x80
	}
	path := filepath.Join(t.TempDir(), "noise.png")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(file, noise); err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil || info.Size() <= client.MaxPicture {
		t.Fatalf("the picture has %d bytes, %v: too small for a test", info.Size(), err)
	}
	file.Close()
	f := serve(t, yolotest.Fixture(t, "squares"))
	p := open(t, f, 1280, 900)
	p.drop(path)
	p.answered()
	// Twice the model's 320 pixels.
	if said := get[string](p, `document.querySelector("#status").textContent`); !strings.Contains(said, "640 × 480") {
		t.Errorf("the page says %q, want that the picture was scaled down to 640 × 480", said)
	}
	p.click("#tab-json")
	p.wait(`document.querySelector("#json").textContent.includes('"width": 640')`) // the reply is about the smaller picture
}

// What the browser can't show, the function may read: its boxes are drawn on an
// empty ground.
func TestPictureThatTheBrowserCannotShow(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	p := open(t, f, 1280, 900)
	p.choose(yolotest.Root(t, "lambda", "internal", "picture", "testdata", "lzw.tif"))
	p.answered()
	if said := get[string](p, `document.querySelector("#status").textContent`); !strings.Contains(said, "can’t show") {
		t.Errorf("the page says %q", said)
	}
	if !get[bool](p, `document.querySelector("#overlay").getBoundingClientRect().width > 100 && document.querySelector("#welcome").hidden`) {
		t.Error("there is no ground for the boxes")
	}
}

// Where the weak detections are too many for a reply, the page asks for the
// wanted ones alone.
func TestTooManyForOneReply(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			io.WriteString(w, `{"model":"m","models":["m"],"task":"segment","imgsz":[320,320]}`)
			return
		}
		conf := r.URL.Query().Get("conf_thres")
		mu.Lock()
		asked = append(asked, conf)
		mu.Unlock()
		if conf == "0.05" {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			io.WriteString(w, `{"error":{"code":"too_large","message":"the reply would have 9000000 bytes"}}`)
			return
		}
		io.WriteString(w, `{"detections":[{"box":[1,2,30,25],"conf":0.9,"cls":"person","cls_id":0}],"image":{"width":640,"height":480}}`)
	}))
	defer behind.Close()
	cfg := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("A", "B", "")}
	c, err := client.New(t.Context(), client.Config{URL: behind.URL, AWS: &cfg})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(proxy.New(c))
	defer front.Close()
	file, _ := drawn(t, 255)
	p := open(t, &function{client: c, page: front.URL}, 1280, 900)
	p.forgive()
	p.drop(file)
	p.answered()
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{"0.05", "0.3"}, asked); diff != "" {
		t.Errorf("asked confidences (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"person 0.90 1, 2, 30, 25"}, p.listed()); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
}

// The webcam runs frame by frame, one request at a time, until it is stopped.
func TestWebcam(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.countInFlight()
		p.click("#webcam")
		p.wait(`/^[\d.]+ frames a second$/.test(document.querySelector("#rate").textContent)`)
		p.wait(fmt.Sprintf("%s > %d", answers, p.answers()+3))
		if most := get[int](p, `window.most`); most != 1 {
			t.Errorf("%d requests at once, want one", most)
		}
		p.wait(`document.querySelector("#picture").getContext("2d").getImageData(5, 5, 1, 1).data[3] === 255`)
		// The page is turned: the video stays where it was.
		p.get(`(document.querySelector("#stage").scrollIntoView({ block: "start", behavior: "instant" }), null)`)
		p.wait(`Math.abs(document.querySelector("#stage").getBoundingClientRect().top) < 2 || scrollY + innerHeight >= document.documentElement.scrollHeight - 1`)
		p.resize(900, 500)
		p.wait(fmt.Sprintf("%s > %d", answers, p.answers()+2))
		p.wait(`document.querySelector("#stage").getBoundingClientRect().bottom > 100`)
		p.click("#pause")
		p.wait(`document.querySelector("#pause").textContent === "Play" && document.querySelector("#status").textContent.startsWith("Paused: the webcam.")`)
		// A setting that needs another answer gets one, of the frame where it pauses.
		p.set("iou", "0.55")
		p.wait(`JSON.parse((await import("./state.js")).current().answer.key).iou_thres === 0.55`)
		p.set("model", "squares-end2end")
		p.wait(`JSON.parse((await import("./state.js")).current().answer.key).model === "squares-end2end"`)
		if p.text("#pause") != "Play" {
			t.Error("the video plays on")
		}
		p.click("#pause")
		p.wait(`document.querySelector("#pause").textContent === "Pause"`)
		p.wait(fmt.Sprintf("%s > %d", answers, p.answers()+2))
		p.click("#stop")
		p.wait(`document.querySelector("#pause").hidden && document.querySelector("#rate").hidden && document.querySelector("#stop").hidden && !document.querySelector("#save").disabled`)
	})
}

// A video plays to its end, frame by frame; then there are a chart of its counts
// and its frames' results to save.
func TestVideoFile(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		p.countInFlight()
		p.record()
		p.wait(`document.querySelectorAll("#list tbody tr").length > 0`)
		p.wait(`document.querySelector("#stop").hidden`) // at the end of the video
		if most := get[int](p, `window.most`); most != 1 {
			t.Errorf("%d requests at once, want one", most)
		}
		if got := p.listed(); len(got) == 0 || !strings.HasPrefix(got[0], "red") {
			t.Errorf("the last frame lists %q, want a red square", got)
		}
		label := get[string](p, `document.querySelector("#chart").ariaLabel ?? document.querySelector("#chart").getAttribute("aria-label")`)
		if !strings.Contains(label, "red up to ") {
			t.Errorf("the chart shows %q", label)
		}
		if !get[bool](p, `(() => { const c = document.querySelector("#chart"); const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; for (let i = 0; i < d.length; i += 4) if (d[i] === 255 && d[i + 1] === 75) return true; return false; })()`) {
			t.Error("the chart has no line in the colour of red")
		}
		if got := p.text("#frame-time"); !p.sees("#frame-time") || !regexp.MustCompile(`^0:\d\d\.\d( of 0:\d\d\.\d)?$`).MatchString(got) {
			t.Errorf("the frame's time is %q", got)
		}
		// Its letters are dark in the light theme and light in the dark one.
		p.set("theme", "light")
		chart := `document.querySelector("#chart").toDataURL()`
		light := get[string](p, chart)
		p.set("theme", "dark")
		p.wait(fmt.Sprintf("%s !== %q", chart, light))
		p.set("theme", "")
		p.resize(500, 800) // on which the chart is drawn anew, and not stretched
		p.wait(`document.querySelector("#chart").width === Math.round(document.querySelector("#chart").clientWidth * devicePixelRatio)`)
		name, data := p.saved("#save-frames")
		var film struct {
			Frames []struct {
				Time       float64
				Detections []struct{ Cls string }
			}
		}
		if err := json.Unmarshal(data, &film); err != nil || name != "squares-frames.json" {
			t.Fatalf("%s: %v", name, err)
		}
		if want := p.answers(); len(film.Frames) == 0 || len(film.Frames) > want {
			t.Errorf("%d frames of %d answers", len(film.Frames), want)
		}
		last := film.Frames[len(film.Frames)-1]
		if len(last.Detections) == 0 || last.Detections[0].Cls != "red" {
			t.Errorf("the last frame has %+v", last)
		}
	})
}

// A short video may have ended before a busy machine looks at it: its last frame is looked
// at all the same.
func TestEndedVideo(t *testing.T) {
	f := serve(t, yolotest.Fixture(t, "squares"))
	inBrowsers(t, func(t *testing.T, open func(*function, int, int) *tab) {
		p := open(f, 1280, 900)
		becomes(p, `import("./video.js").then(async ({ eachFrame }) => {
			const ended = Object.assign(new EventTarget(), { ended: true, paused: true, requestVideoFrameCallback() {} });
			let looks = 0;
			await eachFrame(ended, { signal: new AbortController().signal, look: async () => looks++, stale: () => false, rate() {} });
			return looks;
		})`, 1)
	})
}

// record lets the browser itself record a video, a red square on grey, and drops it.
func (p *tab) record() {
	p.t.Helper()
	p.get(`(async () => {
		const canvas = document.createElement("canvas");
		canvas.width = canvas.height = 320;
		const ctx = canvas.getContext("2d");
		let n = 0;
		const paint = () => {
			ctx.fillStyle = "#808080";
			ctx.fillRect(0, 0, 320, 320);
			ctx.fillStyle = "#f00";
			ctx.fillRect(64 + n % 8, 64, 72, 72);
			n++;
		};
		paint();
		const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
		const parts = [];
		recorder.ondataavailable = (e) => parts.push(e.data);
		const stopped = new Promise((resolve) => (recorder.onstop = resolve));
		recorder.start();
		while (n < 60) {
			paint();
			await new Promise(requestAnimationFrame);
		}
		recorder.stop();
		await stopped;
		const data = new DataTransfer();
		data.items.add(new File(parts, "squares.webm", { type: "video/webm" }));
		document.querySelector("#stage").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
		return null;
	})()`)
}

// countInFlight keeps in window.most how many requests were under way at once.
func (p *tab) countInFlight() {
	p.t.Helper()
	get[*bool](p, `(() => {
		const send = window.fetch;
		let now = 0;
		window.most = 0;
		window.fetch = async (...args) => {
			window.most = Math.max(window.most, ++now);
			try {
				return await send(...args);
			} finally {
				now--;
			}
		};
		return null;
	})()`)
}
