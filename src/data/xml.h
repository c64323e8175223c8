// XML text to a small tree and back. pugixml does the tokens; it never reads a DTD and never expands an entity other
// than the five predefined ones and character references, so nothing outside the text can be reached (T31).
// XML 1.1 headers and its control character references are accepted, as Jenkins writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace windlass::data {

struct XmlAttribute {
  std::string name;
  std::string value;
  friend bool operator==(const XmlAttribute&, const XmlAttribute&) = default;
};

/// An element, or a piece of text when `name` is empty. Comments and processing instructions are not kept.
struct XmlNode {
  std::string name;
  std::string text;  ///< of a text node; empty for elements
  std::vector<XmlAttribute> attributes;
  std::vector<XmlNode> children;
  std::uint32_t line = 0;    ///< 1-based, where the element starts; 0 when made by a program
  std::uint32_t column = 0;  ///< in bytes

  [[nodiscard]] bool is_text() const { return name.empty(); }
  /// The first child element of that name; nullptr when there is none.
  [[nodiscard]] const XmlNode* find(std::string_view child) const;
  /// nullptr when there is no such attribute.
  [[nodiscard]] const std::string* find_attribute(std::string_view attribute) const;
  [[nodiscard]] std::string attribute(std::string_view attribute, std::string_view otherwise = {}) const;
  /// All text below this node, in order.
  [[nodiscard]] std::string content() const;
  /// content() of the first child element of that name, without blanks at both ends.
  [[nodiscard]] std::string child_content(std::string_view child) const;

  static XmlNode element(std::string name, std::string content = {});
};

struct XmlParseOptions {
  std::size_t max_bytes = 128u * 1024 * 1024;
  std::uint32_t max_depth = 512;  ///< at most 2,000 is honoured, as the tree is destroyed by nested calls
  std::size_t max_nodes = 4'000'000;
  bool keep_blanks = false;  ///< texts of nothing but blanks between elements too
};

/// The root element. UTF-8, UTF-16, UTF-32 and Latin-1 are recognised by byte-order mark or header; the tree is UTF-8
/// (wrong bytes become U+FFFD). Errors: invalid ("XML, line 3, column 7: …"), exhausted (a limit).
Result<XmlNode> parse_xml(std::string_view text, const XmlParseOptions& options = {});

struct XmlStyle {
  bool header = true;  ///< <?xml version="1.0" encoding="UTF-8"?>
  int indent = 2;      ///< of child elements; elements that hold text stay on one line
};

/// Ends with a line break. Control characters that XML 1.0 cannot hold are written as '?'.
std::string format_xml(const XmlNode& root, const XmlStyle& style = {});

/// Text without blanks and line breaks at both ends.
std::string_view trim_blanks(std::string_view text);

}  // namespace windlass::data
