// The part of XPath that triggers are written with: `/a/b`, `//name`, `*`, `.`, `text()`, `@name`, `@*`, and behind a
// name
// `[2]`, `[last()]`, `[@id]`, `[@id='7']`, `[name]`, `[name='text']`. Names are compared as they are written, prefix
// included. No other axes, functions or sums, so that a path takes time in proportion to the document. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/xml.h"

namespace windlass::data {

/// An element, an attribute of it, or a text below it (a node whose name is empty).
struct XmlPathMatch {
  const XmlNode* node = nullptr;
  const XmlAttribute* attribute = nullptr;  ///< of `node`
};

/// At most `most` matches, in the order of the document. `root` is the document's element. invalid: what is no such
/// path.
Result<std::vector<XmlPathMatch>> find_xml_path(const XmlNode& root, std::string_view path, std::size_t most = 1000);

}  // namespace windlass::data
