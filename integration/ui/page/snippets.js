// The same request in other programs. Each snippet takes the credentials from
// where its tool does; the page has none, but for the development key that everybody
// knows of a function on this machine: with it they run as they stand.

import { query } from "./api.js";

/** What the snippets ask: the function, the options, the picture's file name. */
const makers = {
  curl: ({ url, region, key, options, file, type }) => `${shellKey(key)}curl --aws-sigv4 ${quote(`aws:amz:${region}:lambda`)} \\
  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\
  \${AWS_SESSION_TOKEN:+-HX-Amz-Security-Token:$AWS_SESSION_TOKEN} \\
  -H ${quote(`Content-Type: ${type}`)} \\
  --data-binary ${quote(`@${file}`)} \\
  ${quote(url + query(options))}`,

  awscurl: ({ url, region, key, options, file }) => `${shellKey(key)}printf ${quote(`{"image": "%s"${json(options).replaceAll("%", "%%")}}`)} \\
  "$(base64 < ${quote(file)} | tr -d '\\n')" > payload.json
awscurl --service lambda --region ${quote(region)} -X POST -d @payload.json \\
  ${quote(url)}`,

  go: ({ url, region, key, options, file }) => `package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/yolambda/yolambda/integration/client"
	"github.com/yolambda/yolambda/lambda/api"
)

func main() {
	ctx := context.Background()
${goKey(key, region)}	c, err := client.New(ctx, client.Config{URL: ${JSON.stringify(url)}})
	if err != nil {
		log.Fatal(err)
	}
	picture, err := os.ReadFile(${JSON.stringify(file)})
	if err != nil {
		log.Fatal(err)
	}
${goOptions(options)}	reply, err := c.Predict(ctx, picture, opts)
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range reply.Detections {
		fmt.Println(d.Cls, d.Conf, d.Box)
	}
}`,

  python: ({ url, region, key, options, file, type }) => `import boto3, requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

with open(${JSON.stringify(file)}, "rb") as f:
    request = AWSRequest("POST", ${JSON.stringify(url + query(options))},
                         data=f.read(), headers={"Content-Type": ${JSON.stringify(type)}})
SigV4Auth(boto3.Session(${key ? `${JSON.stringify(key.id)}, ${JSON.stringify(key.secret)}` : ""}).get_credentials(), "lambda", ${JSON.stringify(region)}).add_auth(request)
reply = requests.post(request.url, data=request.body, headers=dict(request.headers))
reply.raise_for_status()
for d in reply.json()["detections"]:
    print(d["cls"], d["conf"], d["box"])`,
};

/** The text of a snippet: curl, awscurl, go or python. */
export const snippet = (language, what) => makers[language](what);

/** The variables of the key, for what follows in a shell. */
const shellKey = (key) =>
  key ? `export AWS_ACCESS_KEY_ID=${quote(key.id)} AWS_SECRET_ACCESS_KEY=${quote(key.secret)} AWS_SESSION_TOKEN=\n` : "";

/** The same for the Go client, with the region that a local URL does not tell. */
const goKey = (key, region) =>
  key
    ? Object.entries({ AWS_REGION: region, AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret, AWS_SESSION_TOKEN: "" })
        .map(([name, value]) => `	os.Setenv(${JSON.stringify(name)}, ${JSON.stringify(value)})\n`).join("")
    : "";

/** The options as fields of api.Options. */
const GO_FIELDS = {
  imgsz: ["ImgSize"], max_det: ["MaxDet"], tile: ["Tile"], agnostic_nms: ["AgnosticNMS"],
  model: ["Model", JSON.stringify], letterbox: ["Letterbox", JSON.stringify], mask: ["Mask", JSON.stringify],
  classes: ["Classes", (v) => `[]string{${v.split(",").map((c) => JSON.stringify(c.trim())).join(", ")}}`],
  conf_thres: ["Conf", null, "conf"], iou_thres: ["IoU", null, "iou"], tile_overlap: ["TileOverlap", null, "overlap"], rect: ["Rect", null, "rect"],
};

/** Go statements that make opts; what api.Options has pointers to is a variable first. */
function goOptions(options) {
  const asked = Object.entries(options).filter(([name, value]) => value !== undefined && GO_FIELDS[name]);
  const variables = asked.filter(([name]) => GO_FIELDS[name][2]).map(([name, value]) => {
    const number = typeof value === "number";
    return `	${GO_FIELDS[name][2]} := ${number && Number.isInteger(value) ? value.toFixed(1) : value}\n`;
  });
  const fields = asked.map(([name, value]) => {
    const [field, write = String, variable] = GO_FIELDS[name];
    return `${field}: ${variable ? `&${variable}` : write(value)}`;
  });
  return `${variables.join("")}	opts := api.Options{${fields.join(", ")}}\n`;
}

/** As one word of a POSIX shell. */
const quote = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The options as further keys of a JSON object. */
const json = (options) =>
  Object.entries(options).filter(([, v]) => v !== undefined).map(([k, v]) => `, ${JSON.stringify(k)}: ${JSON.stringify(v)}`).join("");
