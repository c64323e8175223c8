#include "steps/mail_message.h"

#include "text/codec.h"

namespace windlass::steps {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// A plausible mailbox: one word, no characters that SMTP gives a meaning of its own.
bool is_mailbox(std::string_view text) {
  if (text.empty() || text.size() > 320 || text.front() == '-') return false;
  for (char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || std::string_view("<>(),;:\\\"").find(c) != text.npos) {
      return false;
    }
  }
  const auto at = text.rfind('@');
  return at == std::string_view::npos || (at > 0 && at + 1 < text.size());
}

std::string_view without_quotes(std::string_view name) {
  name = trimmed(name);
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return name;
}

void add_one(std::string_view piece, std::vector<MailAddress>& out, std::vector<std::string>& refused) {
  piece = trimmed(piece);
  if (piece.empty()) return;
  const auto open = piece.find('<');
  if (open != std::string_view::npos && piece.back() == '>') {
    const auto address = trimmed(piece.substr(open + 1, piece.size() - open - 2));
    if (is_mailbox(address)) {
      out.push_back({one_line(without_quotes(piece.substr(0, open))), std::string(address)});
    } else {
      refused.push_back(one_line(piece));
    }
    return;
  }
  while (!piece.empty()) {
    std::size_t end = 0;
    while (end < piece.size() && !is_blank(piece[end])) ++end;
    const auto word = piece.substr(0, end);
    if (is_mailbox(word)) {
      out.push_back({"", std::string(word)});
    } else {
      refused.push_back(one_line(word));
    }
    piece = trimmed(piece.substr(end));
  }
}

bool is_plain_ascii(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) return false;
  }
  return text.find("=?") == std::string_view::npos;
}

std::string join(const std::vector<MailAddress>& addresses, std::string (*show)(const MailAddress&)) {
  std::string out;
  for (const auto& one : addresses) out += (out.empty() ? "" : ", ") + show(one);
  return out;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return out;
}

std::vector<MailAddress> parse_addresses(std::string_view text, std::vector<std::string>& refused) {
  std::vector<MailAddress> out;
  bool quoted = false;
  bool angled = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (i == text.size() || (!quoted && !angled && (c == ',' || c == ';'))) {
      add_one(text.substr(start, i - start), out, refused);
      start = i + 1;
      quoted = angled = false;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '<' || c == '>')) {
      angled = c == '<';
    }
  }
  return out;
}

std::string encode_header(std::string_view utf8) {
  const auto text = one_line(utf8);
  if (is_plain_ascii(text)) return text;
  // Encoded words of at most 75 characters, cut between characters.
  constexpr std::size_t kMostBytes = 45;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(at + kMostBytes, text.size());
    while (end > at + 1 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + text::encode_base64(text.substr(at, end - at)) + "?=";
    at = end;
  }
  return out;
}

std::string format_address(const MailAddress& address) {
  if (address.name.empty()) return address.address;
  if (!is_plain_ascii(address.name)) return encode_header(address.name) + " <" + address.address + ">";
  std::string quoted;
  for (char c : address.name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "\"" + quoted + "\" <" + address.address + ">";
}

std::string show_address(const MailAddress& address) {
  return address.name.empty() ? address.address : address.name + " <" + address.address + ">";
}

std::string show_addresses(const std::vector<MailAddress>& addresses) { return join(addresses, show_address); }

std::vector<std::string> format_headers(const MailMessage& message) {
  std::vector<std::string> out;
  auto add = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) out.push_back(std::string(name) + ": " + value);
  };
  add("Date", message.date);
  add("From", format_address(message.from));
  add("Reply-To", join(message.reply_to, format_address));
  add("To", join(message.to, format_address));
  add("Cc", join(message.cc, format_address));
  add("Message-ID", message.message_id.empty() ? "" : "<" + message.message_id + ">");
  add("Subject", encode_header(message.subject));
  return out;
}

}  // namespace windlass::steps
