#include "store/image.h"

namespace windlass::store {

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kFileHeader = 100;
constexpr std::uint8_t kTableLeaf = 0x0d;
constexpr std::uint8_t kIndexLeaf = 0x0a;

void put_varint(std::string& out, std::uint64_t value) {
  char bytes[10];
  int count = 0;
  do {
    bytes[count++] = static_cast<char>(value & 0x7f);
    value >>= 7;
  } while (value != 0);
  while (count > 1) out.push_back(static_cast<char>(bytes[--count] | 0x80));
  out.push_back(bytes[0]);
}

void store_be(std::string& out, std::size_t at, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
}

/// One column: serial type and body.
struct Column {
  std::uint64_t type;
  std::string body;
};
Column text(std::string_view value) { return {13 + 2 * value.size(), std::string(value)}; }
Column blob(std::string_view value) { return {12 + 2 * value.size(), std::string(value)}; }
Column null() { return {0, {}}; }
Column number16(std::uint16_t value) { return {2, {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}}; }

std::string make_record(const std::vector<Column>& columns) {
  std::string types;
  std::string body;
  for (const auto& column : columns) {
    put_varint(types, column.type);
    body += column.body;
  }
  // The header's length counts itself; headers here stay below 127 bytes, so it is one byte.
  std::string record;
  put_varint(record, types.size() + 1);
  return record + types + body;
}

std::string make_cell(std::int64_t rowid, const std::string& record) {
  std::string cell;
  put_varint(cell, record.size());
  put_varint(cell, static_cast<std::uint64_t>(rowid));
  return cell + record;
}

/// Makes the page that begins at `page`, all zeros so far, a leaf with its cells packed at the end, in order.
Result<> make_leaf(std::string& image, std::size_t page, std::uint8_t type, const std::vector<std::string>& cells,
                   std::size_t header_at) {
  std::size_t content = kPage;
  std::size_t pointer = header_at + 8;
  for (const auto& cell : cells) {
    if (cell.size() > content || content - cell.size() < pointer + 2)
      return fail(ErrorKind::internal, "the first rows of a database image do not fit its page");
    content -= cell.size();
    image.replace(page + content, cell.size(), cell);
    store_be(image, page + pointer, content, 2);
    pointer += 2;
  }
  image[page + header_at] = static_cast<char>(type);
  store_be(image, page + header_at + 3, cells.size(), 2);
  store_be(image, page + header_at + 5, content, 2);
  return {};
}

}  // namespace

Result<std::string> make_image(std::span<const ImageObject> objects, std::uint32_t application_id,
                               std::uint32_t user_version) {
  std::vector<std::string> schema;
  std::string image((objects.size() + 1) * kPage, '\0');  // every page once: each is made where it stays
  std::uint16_t root = 1;
  for (const auto& object : objects) {
    ++root;
    const bool is_index = object.kind == ImageObject::Kind::index;
    schema.push_back(make_cell(root - 1, make_record({text(is_index ? "index" : "table"), text(object.name),
                                                      text(object.table), number16(root), text(object.sql)})));
    std::vector<std::string> cells;
    for (const auto& [rowid, values] : object.rows) {
      std::vector<Column> columns{null()};  // the INTEGER PRIMARY KEY is the rowid
      for (const auto& value : values) columns.push_back(blob(value));
      cells.push_back(make_cell(rowid, make_record(columns)));
    }
    WL_CHECK_OK(make_leaf(image, (root - 1) * kPage, object.kind == ImageObject::Kind::table ? kTableLeaf : kIndexLeaf,
                          cells, 0));
  }
  WL_CHECK_OK(make_leaf(image, 0, kTableLeaf, schema, kFileHeader));
  image.replace(0, 16, std::string("SQLite format 3\0", 16));
  store_be(image, 16, kPage, 2);
  image[18] = image[19] = 2;  // write-ahead logging
  image[21] = 64;
  image[22] = image[23] = 32;
  store_be(image, 24, 1, 4);     // change counter
  store_be(image, 28, root, 4);  // pages
  store_be(image, 40, 1, 4);     // schema cookie
  store_be(image, 44, 4, 4);     // schema format
  store_be(image, 56, 1, 4);     // UTF-8
  store_be(image, 60, user_version, 4);
  store_be(image, 68, application_id, 4);
  store_be(image, 92, 1, 4);  // the page count is valid for change counter 1
  store_be(image, 96, 3040001, 4);
  return image;
}

}  // namespace windlass::store
