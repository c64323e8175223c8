#include "server/tar.h"

#include <algorithm>
#include <charconv>

namespace windlass::server {

namespace {

constexpr std::uint64_t kLargest = 0777'7777'7777ULL;  ///< what eleven octal digits hold
constexpr std::size_t kMostPax = 64 * 1024;
constexpr std::size_t kChunk = 256 * 1024;

void put(std::string& block, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_octal(std::string& block, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i > 0; --i, value >>= 3) block[at + i - 1] = static_cast<char>('0' + (value & 7));
}

std::uint64_t sum_of(std::string_view block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

std::string header(std::string_view name, std::uint64_t size, std::int64_t modified, char kind) {
  std::string block(kTarBlock, '\0');
  put(block, 0, name.substr(0, 100));
  put(block, 100, "0000600");
  put(block, 108, "0000000");
  put(block, 116, "0000000");
  put_octal(block, 124, 11, size);
  put_octal(block, 136, 11, static_cast<std::uint64_t>(std::max<std::int64_t>(0, modified)));
  block[156] = kind;
  put(block, 257, std::string_view("ustar\00000", 8));
  put_octal(block, 148, 6, sum_of(block));
  block[154] = '\0';
  block[155] = ' ';
  return block;
}

/// "LENGTH KEY=VALUE\n", the length with its own digits.
std::string pax_record(std::string_view key, std::string_view value) {
  const auto rest = key.size() + value.size() + 3;
  auto length = rest + std::to_string(rest).size();
  length = rest + std::to_string(length).size();
  return std::to_string(length) + " " + std::string(key) + "=" + std::string(value) + "\n";
}

Result<std::uint64_t> octal(std::string_view field) {
  while (!field.empty() && (field.back() == '\0' || field.back() == ' ')) field.remove_suffix(1);
  while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
  std::uint64_t out = 0;
  const auto done = std::from_chars(field.data(), field.data() + field.size(), out, 8);
  if (done.ec != std::errc() || done.ptr != field.data() + field.size()) {
    return fail(ErrorKind::corrupt,
                {"the archive is damaged: a number in a header is none", "归档已损坏：头部中的数字无效"});
  }
  return out;
}

std::string_view text_of(std::string_view field) { return field.substr(0, std::min(field.find('\0'), field.size())); }

/// Below the folder, whatever happens: no "..", no absolute path, no empty part, no zero.
bool is_plain(std::string_view name) {
  if (name.empty() || name.size() > kMostTarName || name.find('\0') != std::string_view::npos) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const auto end = std::min(name.find('/', at), name.size());
    const auto part = name.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return false;
    at = end + 1;
  }
  return true;
}

struct Pax {
  std::string path;
  std::uint64_t size = 0;
  bool has_size = false;
};

Result<Pax> parse_pax(std::string_view text) {
  const auto broken = [] {
    return fail(ErrorKind::corrupt,
                {"the archive is damaged: an extended header is broken", "归档已损坏：扩展头部不完整"});
  };
  Pax out;
  while (!text.empty()) {
    std::size_t length = 0;
    const auto done = std::from_chars(text.data(), text.data() + text.size(), length);
    const auto digits = static_cast<std::size_t>(done.ptr - text.data());
    if (done.ec != std::errc() || length > text.size() || length < digits + 3 || text[digits] != ' ' ||
        text[length - 1] != '\n') {
      return broken();
    }
    const auto record = text.substr(digits + 1, length - digits - 2);
    text.remove_prefix(length);
    const auto equals = record.find('=');
    if (equals == std::string_view::npos) return broken();
    const auto key = record.substr(0, equals), value = record.substr(equals + 1);
    if (key == "path") out.path = value;
    if (key == "size") {
      const auto parsed = std::from_chars(value.data(), value.data() + value.size(), out.size);
      if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size()) return broken();
      out.has_size = true;
    }
  }
  return out;
}

}  // namespace

std::string tar_head(std::string_view name, std::uint64_t size, std::int64_t modified_seconds) {
  std::string pax;
  if (name.size() > 100) pax += pax_record("path", name);
  if (size > kLargest) pax += pax_record("size", std::to_string(size));
  std::string out;
  if (!pax.empty()) {
    out = header("pax", pax.size(), modified_seconds, 'x') + pax + tar_padding(pax.size());
  }
  return out + header(name, size > kLargest ? 0 : size, modified_seconds, '0');
}

std::string tar_padding(std::uint64_t size) {
  return std::string(static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock), '\0');
}

std::string tar_end() { return std::string(2 * kTarBlock, '\0'); }

Result<std::string> TarReader::exactly(std::size_t count) {
  while (buffer_.size() < count) {
    auto more = WL_TRY(read_(std::max(count - buffer_.size(), kTarBlock)));
    if (more.empty()) return fail(ErrorKind::corrupt, {"the archive ends early", "归档提前结束"});
    buffer_ += more;
  }
  auto out = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return out;
}

Result<> TarReader::skip(std::uint64_t count) {
  while (count > 0) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, kChunk));
    (void)WL_TRY(exactly(part));
    count -= part;
  }
  return {};
}

Result<bool> TarReader::next(TarFile& file) {
  WL_CHECK_OK(skip(std::exchange(left_, 0)));
  WL_CHECK_OK(skip(std::exchange(padding_, 0)));
  Pax pax;
  for (;;) {
    const auto block = WL_TRY(exactly(kTarBlock));
    if (block.find_first_not_of('\0') == std::string::npos) return false;
    const std::string_view head = block;
    if (head.substr(257, 5) != "ustar" || WL_TRY(octal(head.substr(148, 8))) != sum_of(head)) {
      return fail(ErrorKind::corrupt, {"the archive is damaged: a header is none", "归档已损坏：头部无效"});
    }
    auto size = WL_TRY(octal(head.substr(124, 12)));
    if (head[156] == 'x') {
      if (size > kMostPax)
        return fail(ErrorKind::corrupt,
                    {"the archive is damaged: an extended header is too long", "归档已损坏：扩展头部过长"});
      const auto text = WL_TRY(exactly(static_cast<std::size_t>(size)));
      WL_CHECK_OK(skip(tar_padding(size).size()));
      pax = WL_TRY(parse_pax(text));
      continue;
    }
    if (head[156] != '0' && head[156] != '\0') {
      return fail(ErrorKind::corrupt, {"the archive holds something that is no file", "归档中含有非文件的内容"});
    }
    file.name = pax.path.empty() ? std::string(text_of(head.substr(0, 100))) : pax.path;
    file.size = pax.has_size ? pax.size : size;
    if (!is_plain(file.name))
      return fail(ErrorKind::corrupt,
                  {"the archive holds a file with a name that is none", "归档中含有名称无效的文件"});
    if (file.size > (1ULL << 50))
      return fail(ErrorKind::corrupt, {"the archive holds a file larger than any", "归档中含有过大的文件"});
    left_ = file.size;
    padding_ = tar_padding(file.size).size();
    return true;
  }
}

Result<std::string> TarReader::bytes(std::size_t most) {
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, most));
  if (part == 0) return std::string();
  left_ -= part;
  return exactly(part);
}

}  // namespace windlass::server
