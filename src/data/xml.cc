#include "data/xml.h"

#include <algorithm>
#include <pugixml.hpp>
#include <tuple>

#include "data/utf8.h"

namespace windlass::data {

namespace {

constexpr std::uint32_t kHardDepth = 2000;

std::string clean_utf8(const char* text) {
  const std::string_view raw(text);
  if (find_invalid_utf8(raw) == std::string_view::npos) return std::string(raw);
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    const CodePoint point = decode_utf8(raw, at);
    append_utf8(out, is_surrogate(point.value) ? 0xFFFD : point.value);
    at += point.size;
  }
  return out;
}

// Offsets of line starts, so that positions of many nodes cost a search each and not a scan.
class Lines {
 public:
  explicit Lines(std::string_view text) {
    starts_.push_back(0);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      starts_.push_back(at + 1);
    }
  }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> locate(std::size_t offset) const {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<std::uint32_t>(after - starts_.begin());
    return {line, static_cast<std::uint32_t>(offset - *(after - 1)) + 1};
  }

 private:
  std::vector<std::size_t> starts_;
};

std::unexpected<Error> wrong(const Lines& lines, std::ptrdiff_t offset, std::string_view what) {
  const auto [line, column] = lines.locate(static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
  return fail(ErrorKind::invalid,
              "XML, line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + std::string(what));
}

void append_escaped(std::string& out, std::string_view text, bool attribute) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += attribute ? "&quot;" : "\"";
        break;
      case '\n':
        out += attribute ? "&#10;" : "\n";
        break;
      case '\r':
        out += "&#13;";
        break;
      case '\t':
        out += attribute ? "&#9;" : "\t";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
}

}  // namespace

std::string_view trim_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

const XmlNode* XmlNode::find(std::string_view child) const {
  for (const auto& node : children) {
    if (!child.empty() && node.name == child) return &node;
  }
  return nullptr;
}

const std::string* XmlNode::find_attribute(std::string_view wanted) const {
  for (const auto& item : attributes) {
    if (item.name == wanted) return &item.value;
  }
  return nullptr;
}

std::string XmlNode::attribute(std::string_view wanted, std::string_view otherwise) const {
  const std::string* found = find_attribute(wanted);
  return found != nullptr ? *found : std::string(otherwise);
}

std::string XmlNode::content() const {
  std::string out;
  std::vector<const XmlNode*> work{this};
  while (!work.empty()) {
    const XmlNode* node = work.back();
    work.pop_back();
    out += node->text;
    for (auto child = node->children.rbegin(); child != node->children.rend(); ++child) work.push_back(&*child);
  }
  return out;
}

std::string XmlNode::child_content(std::string_view child) const {
  const XmlNode* found = find(child);
  return found != nullptr ? std::string(trim_blanks(found->content())) : std::string();
}

XmlNode XmlNode::element(std::string name, std::string content) {
  XmlNode node;
  node.name = std::move(name);
  if (!content.empty()) {
    node.children.emplace_back();
    node.children.back().text = std::move(content);
  }
  return node;
}

Result<XmlNode> parse_xml(std::string_view text, const XmlParseOptions& options) {
  if (text.size() > options.max_bytes) {
    return fail(ErrorKind::exhausted, "XML text has " + std::to_string(text.size()) +
                                          " bytes, more than the limit of " + std::to_string(options.max_bytes));
  }
  const Lines lines(text);
  pugi::xml_document document;
  const auto flags = pugi::parse_default | (options.keep_blanks ? pugi::parse_ws_pcdata : pugi::parse_ws_pcdata_single);
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), flags);
  if (!parsed) return wrong(lines, parsed.offset, parsed.description());
  pugi::xml_node first;
  for (pugi::xml_node node = document.first_child(); node; node = node.next_sibling()) {
    if (node.type() == pugi::node_element) {
      if (first) return wrong(lines, node.offset_debug(), "a second root element");
      first = node;
    }
  }
  if (!first) return wrong(lines, 0, "no root element");

  XmlNode root;
  std::size_t count = 0;
  struct Open {
    pugi::xml_node next;  // child to visit
    XmlNode* node;
  };
  std::vector<Open> stack;
  const std::uint32_t max_depth = std::min(options.max_depth, kHardDepth);
  auto enter = [&](pugi::xml_node from, XmlNode& to) {
    to.name = clean_utf8(from.name());
    std::tie(to.line, to.column) =
        lines.locate(static_cast<std::size_t>(std::max<std::ptrdiff_t>(from.offset_debug(), 0)));
    if (to.column > 1) --to.column;  // pugixml points at the name, people at the '<'
    for (pugi::xml_attribute item = from.first_attribute(); item; item = item.next_attribute()) {
      ++count;
      to.attributes.push_back({clean_utf8(item.name()), clean_utf8(item.value())});
    }
    // Places for all children are made at once, so that pointers to them stay good while they are filled.
    std::size_t children = 0;
    for (pugi::xml_node child = from.first_child(); child; child = child.next_sibling()) {
      const auto type = child.type();
      if (type == pugi::node_element || type == pugi::node_pcdata || type == pugi::node_cdata) ++children;
    }
    count += children;
    to.children.reserve(children);
    stack.push_back({from.first_child(), &to});
  };
  enter(first, root);
  while (!stack.empty()) {
    if (count > options.max_nodes) {
      return fail(ErrorKind::exhausted, "XML text has more than " + std::to_string(options.max_nodes) + " nodes");
    }
    Open& top = stack.back();
    if (!top.next) {
      stack.pop_back();
      continue;
    }
    const pugi::xml_node child = top.next;
    XmlNode& parent = *top.node;
    top.next = child.next_sibling();
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      parent.children.emplace_back();
      parent.children.back().text = clean_utf8(child.value());
    } else if (child.type() == pugi::node_element) {
      if (stack.size() >= max_depth) {
        return fail(ErrorKind::exhausted, "XML text is nested deeper than " + std::to_string(max_depth));
      }
      parent.children.emplace_back();
      enter(child, parent.children.back());
    }
  }
  return root;
}

std::string format_xml(const XmlNode& root, const XmlStyle& style) {
  std::string out = style.header ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "";
  struct Open {
    const XmlNode* node;
    std::size_t next = 0;
    bool one_line = false;
  };
  std::vector<Open> stack;
  auto line = [&](std::size_t depth) {
    if (!out.empty() && !out.ends_with('\n')) out += '\n';
    out.append(depth * static_cast<std::size_t>(std::max(style.indent, 0)), ' ');
  };
  auto open = [&](const XmlNode& node) {
    out += "<" + node.name;
    for (const auto& item : node.attributes) {
      out += " " + item.name + "=\"";
      append_escaped(out, item.value, true);
      out += '"';
    }
    if (node.children.empty()) {
      out += "/>";
      return;
    }
    out += ">";
    const bool has_text =
        std::any_of(node.children.begin(), node.children.end(), [](const XmlNode& child) { return child.is_text(); });
    stack.push_back({&node, 0, has_text || (!stack.empty() && stack.back().one_line)});
  };
  open(root);
  while (!stack.empty()) {
    Open& top = stack.back();
    if (top.next == top.node->children.size()) {
      if (!top.one_line) line(stack.size() - 1);
      out += "</" + top.node->name + ">";
      stack.pop_back();
      continue;
    }
    const XmlNode& child = top.node->children[top.next++];
    if (child.is_text()) {
      append_escaped(out, child.text, false);
    } else {
      if (!top.one_line) line(stack.size());
      open(child);
    }
  }
  return out + "\n";
}

}  // namespace windlass::data
