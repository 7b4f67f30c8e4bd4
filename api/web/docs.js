// Lists what /openapi.json describes; nothing is loaded from elsewhere.
function resolved(api, schema) {
  return schema && schema.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema;
}

// Names of models lead to their tables.
function typeCell(schema) {
  const cell = element("td");
  for (const part of typeOf(schema).split(/([A-Z][A-Za-z]+)/))
    cell.append(/^[A-Z]/.test(part) ? element("a", part, { href: `#${part}` }) : part);
  return cell;
}

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.type === "array") return `${typeOf(schema.items)}[]`;
  return schema.const !== undefined ? JSON.stringify(schema.const) : schema.enum ? schema.enum.join(" | ") : schema.type || "";
}

function fieldTable(api, schema) {
  const table = element("table");
  for (const [name, field] of Object.entries(resolved(api, schema)?.properties || {})) {
    const row = element("tr");
    const required = (resolved(api, schema).required || []).includes(name);
    row.append(element("td", name + (required ? " *" : "")), typeCell(field), element("td", field.description || ""));
    table.append(row);
  }
  return table;
}

function bodyPart(api, title, media) {
  const part = element("details");
  part.append(element("summary", `${title} ${typeOf(media.schema)}`), fieldTable(api, media.schema));
  const examples = Object.values(media.examples || {}).map((example) => example.value);
  for (const example of media.example !== undefined ? [media.example] : examples)
    part.append(element("pre", JSON.stringify(example, null, 1)));
  return part;
}

function article(api, path, method, operation) {
  const made = element("article");
  made.append(element("h2", `${method.toUpperCase()} ${path}`), element("p", operation.description || operation.summary));
  const parameters = element("table");
  for (const parameter of operation.parameters || []) {
    const row = element("tr");
    row.append(element("td", parameter.name + (parameter.required ? " *" : "")), element("td", parameter.in), element("td", parameter.description || ""));
    parameters.append(row);
  }
  if (parameters.children.length) made.append(parameters);
  const body = operation.requestBody?.content["application/json"];
  if (body) made.append(bodyPart(api, "→", body));
  for (const [status, response] of Object.entries(operation.responses || {}))
    for (const media of Object.values(response.content || {})) made.append(bodyPart(api, `← ${status} ${response.description}`, media));
  return made;
}

fetch("/openapi.json").then((answer) => answer.json()).then((api) => {
  const page = document.getElementById("operations");
  for (const [path, methods] of Object.entries(api.paths))
    for (const [method, operation] of Object.entries(methods)) page.append(article(api, path, method, operation));
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    const made = element("article", null, { id: name });
    made.append(element("h2", name), element("p", schema.description || ""), fieldTable(api, schema));
    page.append(made);
  }
});
