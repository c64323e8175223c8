"""Archives that want to leave their folder, or to be larger than they look: (kind, name, bytes, what must be said of it);
a function in the place of bytes makes a large one when it is needed.

None of them may write outside of the folder that it is unpacked into; what is refused says so in one sentence.
"""
import gzip
import io
import tarfile
import zipfile

OUTSIDE = "outside"          # a folder beside the one that is unpacked into; it holds a file `kept`
REFUSED = "refused to unpack|leads out of the folder|absolute path"
DAMAGED = "cannot unpack"


def tar(*entries, packed=False):
    """Entries: (name, type, content or link target)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz" if packed else "w", format=tarfile.GNU_FORMAT) as archive:
        for name, kind, what in entries:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.mode = 0o6777
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = what
                archive.addfile(info)
            elif kind in (tarfile.CHRTYPE, tarfile.BLKTYPE):
                info.devmajor, info.devminor = 1, 5
                archive.addfile(info)
            else:
                info.size = len(what)
                archive.addfile(info, io.BytesIO(what))
    return out.getvalue()


FILE, LINK, HARD, FOLDER = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE


def zipped(*entries, compress=zipfile.ZIP_DEFLATED):
    """Entries: (name, content) or (name, content, Unix mode with its kind)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, content, *mode in entries:
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (mode[0] if mode else 0o100644) << 16
            info.compress_type = compress
            archive.writestr(info, content)
    return out.getvalue()


def zip_bomb(copies, each):
    """`copies` names of one and the same packed bytes: overlapping entries, as in 42.zip's better successors."""
    one = zipped(("a", b"\0" * each))
    end = one.rindex(b"PK\x05\x06")
    start = int.from_bytes(one[end + 16:end + 20], "little")
    local, central = one[:start], one[start:end] * copies
    count = copies.to_bytes(2, "little")
    return (local + central + b"PK\x05\x06\0\0\0\0" + count + count + len(central).to_bytes(4, "little") +
            len(local).to_bytes(4, "little") + b"\0\0")


def sparse_header(size):
    """A file of that many bytes that are not in the archive: GNU's sparse format with one empty map."""
    block = bytearray(512)
    block[0:1] = b"s"
    block[100:108] = b"0000644\0"
    block[124:136] = b"00000000000\0"
    block[156:157] = b"S"
    block[257:265] = b"ustar  \0"
    block[386:398] = b"00000000000\0"        # offset and length of the one piece
    block[398:410] = b"00000000000\0"
    block[483:495] = (0x80 << 88 | size).to_bytes(12, "big")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + b"\0" * 1024


def many_entries(count):
    """Empty files, packed to little: what counts is the number of them."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6) as packed:
        for i in range(count):
            info = tarfile.TarInfo(f"{i % 100}/{i}")
            packed.write(info.tobuf(tarfile.USTAR_FORMAT))
        packed.write(b"\0" * 1024)
    return out.getvalue()


def absolute(kind, path):
    """One with an absolute name, which is known only when there is a folder for the case."""
    return tar((path, FILE, b"bad")) if kind == "tar" else zipped((path, b"bad"))


def all_archives():
    gone = f"../{OUTSIDE}/kept"
    deep = b"d/" * 2000 + b"x"
    yield "tar", "a name with two dots", tar((gone, FILE, b"bad")), REFUSED
    yield "tar", "two dots inside of a name", tar((f"a/b/../../../{OUTSIDE}/kept", FILE, b"bad")), REFUSED
    yield "tar", "backslashes", tar((f"..\\{OUTSIDE}\\kept", FILE, b"bad")), REFUSED
    yield "tar", "an absolute name", tar(("@OUTSIDE@/kept", FILE, b"bad")), REFUSED
    yield "tar", "a file through its own link", tar(("l", LINK, f"../{OUTSIDE}"), ("l/kept", FILE, b"bad")), REFUSED
    yield "tar", "a file through a link that stays inside", tar(("l", LINK, "."), ("l/kept", FILE, b"bad")), REFUSED
    yield "tar", "a file over its own link", tar(("kept", LINK, gone), ("kept", FILE, b"bad")), REFUSED
    yield "tar", "links upon links", tar(("a", LINK, "b/.."), ("b", LINK, "."), ("a/../kept", FILE, b"bad")), REFUSED
    yield "tar", "a hard link to outside", tar(("l", HARD, gone), ("l", FILE, b"bad")), REFUSED
    yield "tar", "a hard link to an absolute name", tar(("l", HARD, "/etc/passwd"), ("l", FILE, b"bad")), REFUSED
    yield "tar", "a hard link through a link", tar(("d", LINK, f"../{OUTSIDE}"), ("l", HARD, "d/kept")), REFUSED
    yield "tar", "the folder itself as a link", tar((".", LINK, f"../{OUTSIDE}"), ("kept", FILE, b"bad")), REFUSED
    yield "tar", "the folder itself as a file", tar(("./", FILE, b"bad")), REFUSED + "|Extracted"
    yield "tar", "a character device", tar(("null", tarfile.CHRTYPE, b"")), REFUSED
    yield "tar", "a block device", tar(("disk", tarfile.BLKTYPE, b"")), REFUSED
    yield "tar", "a pipe", tar(("pipe", tarfile.FIFOTYPE, b"")), REFUSED
    yield "tar", "a very deep name", tar((deep.decode(), FILE, b"x")), "Extracted|more than|too long|nested"
    yield "tar", "a long name", tar(("n" * 5000, FILE, b"x")), "more than|too long"
    yield "tar", "a name with a line break", tar(("a\nb", FILE, b"x")), "Extracted"
    yield "tar", "the same file many times", tar(*[("a", FILE, b"x")] * 500), "Extracted"
    yield "tar", "a file that becomes a folder", tar(("a", FILE, b"x"), ("a/b", FILE, b"y")), "Extract|not a folder|refused"
    yield "tar", "a folder that becomes a file", tar(("a", FOLDER, b""), ("a", FILE, b"y")), "folder"
    yield "tar", "a size of eight exbibytes", sparse_header(2 ** 62), DAMAGED
    yield "tar", "a size of one tebibyte", sparse_header(2 ** 40), DAMAGED
    yield "tar", "a packed bomb", lambda: tar(("a", FILE, b"\0" * (280 << 20)), packed=True), "times its size"
    yield "tar", "fifty thousand files", lambda: many_entries(50_000), "Extracted: 50000"
    yield "tar", "cut off", tar(("a", FILE, b"x" * 100_000), packed=True)[:60], DAMAGED
    yield "tar", "nothing", b"", DAMAGED + "|Extracted: 0"
    yield "tar", "noise", bytes(range(256)) * 400, DAMAGED
    yield "zip", "a name with two dots", zipped((gone, b"bad")), REFUSED
    yield "zip", "an absolute name", zipped(("@OUTSIDE@/kept", b"bad")), REFUSED
    yield "zip", "a drive", zipped(("C:\\kept", b"bad"), ("C:kept", b"bad")), REFUSED + "|Extracted"
    yield "zip", "backslashes", zipped((f"..\\{OUTSIDE}\\kept", b"bad")), REFUSED
    yield "zip", "a file through its own link", zipped(("l", f"../{OUTSIDE}", 0o120777), ("l/kept", b"bad")), REFUSED
    yield "zip", "a link to an absolute name", zipped(("l", "/etc/passwd", 0o120777)), REFUSED
    yield "zip", "a name with NUL", zipped(("a@\0/../../kept", b"bad")), REFUSED + "|NUL|Extracted"
    yield "zip", "a device", zipped(("null", b"", 0o020666)), REFUSED + "|Extracted"
    yield "zip", "a packed bomb", lambda: zipped(("a", b"\0" * (280 << 20))), "times its size"
    yield "zip", "one entry under many names", zip_bomb(1_000, 1 << 20), "times its size|Extracted: |" + DAMAGED
    yield "zip", "a size that lies", lying_zip(), DAMAGED + "|Extracted"
    yield "zip", "nothing", b"", DAMAGED
    yield "zip", "noise", b"PK\x03\x04" + bytes(range(256)) * 400, DAMAGED


def lying_zip():
    """The header says ten bytes; there are a million."""
    data = bytearray(zipped(("a", b"y" * 1_000_000)))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature)
        data[start + at:start + at + 4] = (10).to_bytes(4, "little")
    return bytes(data)
