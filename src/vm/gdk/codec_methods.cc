// Bytes to texts and back: Base64, hex, URL encoding, MessageDigest, Mac, CRC32. A MessageDigest is a native object of
// its algorithm's name and the bytes so far (a byte[]), a Mac the same with a key.
#include <algorithm>

#include "text/codec.h"
#include "text/digest.h"
#include "text/utf.h"
#include "vm/gdk/tables.h"

namespace windlass::vm {
namespace {

/// The bytes of a byte[]; of a text its UTF-8; of an InputStream or other object nothing.
std::string bytes_of(Call& call, Value v) {
  if (v.is(Kind::array)) return call.heap().array_bytes(v);
  return call.text_of(v).utf8();
}
Status give_bytes(Call& call, std::string_view bytes) { return call.give(call.heap().make_byte_array(bytes)); }

// ---- Groovy's encodings

Status encode_base64(Call& call) {
  const bool chunked = call.has(0) && call.bool_arg(0);
  return call.give_utf8(
      text::encode_base64(bytes_of(call, call.self()), chunked ? text::Base64::chunked : text::Base64::standard));
}
Status encode_base64_url(Call& call) {
  const bool padding = call.has(0) && call.bool_arg(0);
  return call.give_utf8(text::encode_base64(bytes_of(call, call.self()), text::Base64::url, padding));
}
Status decode_base64(Call& call) {
  return give_bytes(call, text::decode_base64_lenient(call.text_of(call.self()).utf8()));
}
Status encode_hex(Call& call) { return call.give_utf8(text::encode_hex(bytes_of(call, call.self()))); }
Status decode_hex(Call& call) {
  const std::string text = call.text_of(call.self()).utf8();
  if (text.size() % 2 != 0) {
    return call.throw_java(java::number_format_exception, "odd number of characters in hex string");
  }
  const auto bytes = text::decode_hex(text);
  if (!bytes) return call.throw_java(java::number_format_exception, "For input string: \"" + text + "\"");
  return give_bytes(call, *bytes);
}

// ---- java.util.Base64: encoders and decoders keep their variant (0 standard, 1 url, 2 mime) and padding

Value make_coder(Call& call, ClassId class_id, std::int32_t variant, bool padding) {
  const Value v = call.heap().make_native(class_id, 2);
  call.heap().native_slots(v)[0] = Value::of_int(variant);
  call.heap().native_slots(v)[1] = Value::boolean(padding);
  return v;
}
template <std::int32_t kVariant>
Status encoder(Call& call) {
  return call.give(make_coder(call, java::base64_encoder, kVariant, true));
}
template <std::int32_t kVariant>
Status decoder(Call& call) {
  return call.give(make_coder(call, java::base64_decoder, kVariant, true));
}
text::Base64 variant_of(Call& call) {
  switch (call.heap().native_slots(call.self())[0].as_int()) {
    case 1:
      return text::Base64::url;
    case 2:
      return text::Base64::mime;
    default:
      return text::Base64::standard;
  }
}
Status encoder_encode(Call& call) {
  const std::string text = text::encode_base64(bytes_of(call, call.arg(0)), variant_of(call),
                                               call.heap().native_slots(call.self())[1].is_true());
  return call.name() == "encodeToString" ? call.give_utf8(text) : give_bytes(call, text);
}
Status encoder_without_padding(Call& call) {
  return call.give(make_coder(call, java::base64_encoder, call.heap().native_slots(call.self())[0].as_int(), false));
}
Status decoder_decode(Call& call) {
  const std::string text = bytes_of(call, call.arg(0));
  const text::Base64 variant = variant_of(call);
  if (variant == text::Base64::mime) return give_bytes(call, text::decode_base64_lenient(text));
  const bool url = variant == text::Base64::url;
  for (const char c : text) {
    const bool known = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '=' ||
                       (url ? c == '-' || c == '_' : c == '+' || c == '/');
    if (known) continue;
    static constexpr char kHex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    std::string hex;
    if (byte >= 16) hex += kHex[byte >> 4];
    hex += kHex[byte & 15];
    return call.throw_java(java::illegal_argument_exception, "Illegal base64 character " + hex);
  }
  const auto bytes = text::decode_base64(text, variant);
  if (!bytes) {
    return call.throw_java(java::illegal_argument_exception,
                           "Input byte array has incorrect ending byte at " + std::to_string(text.size()));
  }
  return give_bytes(call, *bytes);
}

// ---- URLs

Status unsupported_encoding(Call& call, const std::string& name) {
  return call.throw_java(java::unsupported_encoding_exception, name);
}
Status url_encode(Call& call) {
  if (call.has(1)) {
    TextView charset;
    VM_DO(call.text(call.arg(1), charset));
    const std::string name = charset.utf8();
    if (!text::equals_ignore_case_ascii(name, "UTF-8") && !text::equals_ignore_case_ascii(name, "utf8")) {
      if (text::equals_ignore_case_ascii(name, "ISO-8859-1")) {
        std::string latin1;
        for (const char16_t unit : call.text_arg(0).utf16()) latin1 += unit < 0x100 ? static_cast<char>(unit) : '?';
        return call.give_utf8(text::encode_form_url(latin1));
      }
      return unsupported_encoding(call, name);
    }
  }
  if (call.arg(0).is_null()) return call.throw_java(java::null_pointer_exception);
  return call.give_utf8(text::encode_form_url(call.utf8_arg(0)));
}
Status url_decode(Call& call) {
  const auto decoded = text::decode_form_url(call.utf8_arg(0));
  if (!decoded) return call.throw_java(java::illegal_argument_exception, decoded.error().message);
  return call.give_utf8(text::repair_utf8(*decoded));
}

// ---- MessageDigest, Mac: slots algorithm, bytes so far, key

Status no_algorithm(Call& call, std::string_view what) {
  return call.throw_java(java::no_such_algorithm_exception, std::string(what));
}
Status digest_instance(Call& call) {
  const std::string name = call.utf8_arg(0);
  if (!text::digest(name, "")) return no_algorithm(call, name + " MessageDigest not available");
  const Value none = call.heap().make_byte_array("");
  const Value v = call.heap().make_native(java::message_digest, 3);
  call.heap().native_slots(v)[0] = call.arg(0);
  call.heap().native_slots(v)[1] = none;
  return call.give(v);
}
Status mac_instance(Call& call) {
  const std::string name = call.utf8_arg(0);
  if (!text::hmac(name, "k", "")) return no_algorithm(call, "Algorithm " + name + " not available");
  const Value none = call.heap().make_byte_array("");
  const Value v = call.heap().make_native(java::mac, 3);
  call.heap().native_slots(v)[0] = call.arg(0);
  call.heap().native_slots(v)[1] = none;
  return call.give(v);
}
Status absorb(Call& call) {
  std::string all = call.heap().array_bytes(call.heap().native_slots(call.self())[1]);
  if (call.arg(0).is_integral()) {
    all += static_cast<char>(call.int_arg(0));
  } else if (call.has(1)) {
    const std::string bytes = bytes_of(call, call.arg(0));
    const auto from = call.long_arg(1);
    const auto count = call.long_arg(2);
    if (from < 0 || count < 0 || from + count > static_cast<std::int64_t>(bytes.size())) {
      return call.throw_java(java::illegal_argument_exception, "Input buffer too short");
    }
    all += bytes.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(count));
  } else {
    all += bytes_of(call, call.arg(0));
  }
  VM_DO(call.check_size(all.size() * 16));
  const Value kept = call.heap().make_byte_array(all);
  call.heap().native_slots(call.self())[1] = kept;
  return Status::ok;
}
Status update(Call& call) {
  VM_DO(absorb(call));
  return call.give_null();
}
Status reset(Call& call) {
  const Value none = call.heap().make_byte_array("");
  call.heap().native_slots(call.self())[1] = none;
  return call.give_null();
}
Status finish(Call& call) {
  if (call.has(0)) VM_DO(absorb(call));
  const auto slots = call.heap().native_slots(call.self());
  const std::string name = call.heap().utf8(slots[0]);
  const std::string bytes = call.heap().array_bytes(slots[1]);
  std::string out;
  if (call.class_of(call.self()) == java::mac) {
    if (slots[2].is_null()) return call.throw_java(java::illegal_state_exception, "MAC not initialized");
    out = *text::hmac(name, call.heap().array_bytes(slots[2]), bytes);
  } else {
    out = *text::digest(name, bytes);
  }
  const Value none = call.heap().make_byte_array("");
  call.heap().native_slots(call.self())[1] = none;
  return give_bytes(call, out);
}
Status algorithm(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }
Status digest_length(Call& call) {
  const auto sum = text::digest(call.heap().utf8(call.heap().native_slots(call.self())[0]), "");
  return call.give(static_cast<std::int32_t>(sum->size()));
}
Status digest_is_equal(Call& call) {
  return call.give(call.arg(0).is(Kind::array) && call.arg(1).is(Kind::array) &&
                   call.heap().array_bytes(call.arg(0)) == call.heap().array_bytes(call.arg(1)));
}
Status key_new(Call& call) {
  const Value v = call.heap().make_native(java::secret_key_spec, 2);
  call.heap().native_slots(v)[0] = call.arg(0);
  call.heap().native_slots(v)[1] = call.arg(1);
  return call.give(v);
}
Status mac_init(Call& call) {
  const Value key = call.heap().native_slots(call.arg(0))[0];
  call.heap().native_slots(call.self())[2] = key;
  return reset(call);
}
/// Groovy's text.md5(), text.sha256(), bytes.digest('SHA-1').
Status hex_digest(Call& call) {
  const std::string name = call.has(0) ? call.utf8_arg(0) : call.name() == "md5" ? "MD5" : "SHA-256";
  const auto sum = text::digest(name, bytes_of(call, call.self()));
  if (!sum) return no_algorithm(call, name + " MessageDigest not available");
  return call.give_utf8(text::encode_hex(*sum));
}

// ---- CRC32

Status crc_make(Call& call) {
  const Value none = call.heap().make_byte_array("");
  const Value v = call.heap().make_native(java::crc32, 2);
  call.heap().native_slots(v)[1] = none;
  return call.give(v);
}
Status crc_value(Call& call) {
  return call.give(std::int64_t{text::crc32(call.heap().array_bytes(call.heap().native_slots(call.self())[1]))});
}

using K = NativeKind;
constexpr NativeMethod kMethods[] = {
    {"java.lang.Object[]", "encodeBase64", "", encode_base64},
    {"java.lang.Object[]", "encodeBase64", "boolean", encode_base64},
    {"java.lang.Object[]", "encodeBase64Url", "", encode_base64_url},
    {"java.lang.Object[]", "encodeBase64Url", "boolean", encode_base64_url},
    {"java.lang.String", "decodeBase64", "", decode_base64},
    {"java.lang.Object[]", "encodeHex", "", encode_hex},
    {"java.lang.String", "decodeHex", "", decode_hex},
    {"java.lang.CharSequence", "md5", "", hex_digest},
    {"java.lang.CharSequence", "sha256", "", hex_digest},
    {"java.lang.CharSequence", "digest", "String", hex_digest},
    {"java.lang.Object[]", "md5", "", hex_digest},
    {"java.lang.Object[]", "sha256", "", hex_digest},
    {"java.lang.Object[]", "digest", "String", hex_digest},
    {"java.util.Base64", "getEncoder", "", encoder<0>, K::static_method},
    {"java.util.Base64", "getUrlEncoder", "", encoder<1>, K::static_method},
    {"java.util.Base64", "getMimeEncoder", "", encoder<2>, K::static_method},
    {"java.util.Base64", "getDecoder", "", decoder<0>, K::static_method},
    {"java.util.Base64", "getUrlDecoder", "", decoder<1>, K::static_method},
    {"java.util.Base64", "getMimeDecoder", "", decoder<2>, K::static_method},
    {"java.util.Base64$Encoder", "encode", "byte[]", encoder_encode},
    {"java.util.Base64$Encoder", "encodeToString", "byte[]", encoder_encode},
    {"java.util.Base64$Encoder", "withoutPadding", "", encoder_without_padding},
    {"java.util.Base64$Decoder", "decode", "String", decoder_decode},
    {"java.util.Base64$Decoder", "decode", "byte[]", decoder_decode},
    {"java.net.URLEncoder", "encode", "String", url_encode, K::static_method},
    {"java.net.URLEncoder", "encode", "String,Object", url_encode, K::static_method},
    {"java.net.URLDecoder", "decode", "String", url_decode, K::static_method},
    {"java.net.URLDecoder", "decode", "String,Object", url_decode, K::static_method},
    {"java.security.MessageDigest", "getInstance", "String", digest_instance, K::static_method},
    {"java.security.MessageDigest", "isEqual", "byte[],byte[]", digest_is_equal, K::static_method},
    {"java.security.MessageDigest", "update", "byte", update},
    {"java.security.MessageDigest", "update", "byte[]", update},
    {"java.security.MessageDigest", "update", "byte[],int,int", update},
    {"java.security.MessageDigest", "digest", "", finish},
    {"java.security.MessageDigest", "digest", "byte[]", finish},
    {"java.security.MessageDigest", "reset", "", reset},
    {"java.security.MessageDigest", "getAlgorithm", "", algorithm},
    {"java.security.MessageDigest", "getDigestLength", "", digest_length},
    {"javax.crypto.Mac", "getInstance", "String", mac_instance, K::static_method},
    {"javax.crypto.Mac", "init", "javax.crypto.spec.SecretKeySpec", mac_init},
    {"javax.crypto.Mac", "update", "byte[]", update},
    {"javax.crypto.Mac", "doFinal", "", finish},
    {"javax.crypto.Mac", "doFinal", "byte[]", finish},
    {"javax.crypto.Mac", "getAlgorithm", "", algorithm},
    {"javax.crypto.spec.SecretKeySpec", "<init>", "byte[],String", key_new, K::constructor},
    {"java.util.zip.CRC32", "<init>", "", crc_make, K::constructor},
    {"java.util.zip.CRC32", "update", "byte[]", update},
    {"java.util.zip.CRC32", "getValue", "", crc_value},
};

}  // namespace

NativeTable codec_methods() { return kMethods; }

}  // namespace windlass::vm
