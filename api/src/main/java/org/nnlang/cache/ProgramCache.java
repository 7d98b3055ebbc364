package org.nnlang.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A folder of entries, each kept under a key. It never fails: what cannot be read is not there, and what cannot be written
/// is not kept.
///
/// An entry's file is called after a hash of its key and begins with the key itself, so that a collision can only miss. It
/// ends with a checksum of all before, and is written beside and moved into place. The folder stays below a size: then the
/// entries that were not asked for longest go.
public final class ProgramCache {
    /// Where the cache is: a folder, or `off`.
    public static final String PROPERTY = "nn.cache";

    private static final int MAGIC = 0x4e4e_4343; // NNCC

    private static final long MAX_BYTES = 128L << 20;
    private static final int MAX_ENTRIES = 1000;

    private static final String SUFFIX = ".nnc";

    /// A file that a killed process was writing is of no use after this time.
    private static final long ABANDONED_MILLIS = 3_600_000;

    private final @Nullable Path folder;
    private final long maxBytes;

    private ProgramCache(@Nullable Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    /// The user's: in `-Dnn.cache=FOLDER`, or where the system keeps caches.
    public static ProgramCache standard() {
        String chosen = System.getProperty(PROPERTY, "");
        if (chosen.equals("off")) {
            return off();
        }
        try {
            Path folder = chosen.isEmpty() ? usual() : Path.of(chosen);
            return folder == null ? off() : in(folder);
        } catch (InvalidPathException _) {
            return off();
        }
    }

    /// One in a folder, which is made when something is kept.
    public static ProgramCache in(Path folder) {
        return new ProgramCache(folder, MAX_BYTES);
    }

    /// One with another bound.
    static ProgramCache in(Path folder, long maxBytes) {
        return new ProgramCache(folder, maxBytes);
    }

    /// One that keeps nothing.
    public static ProgramCache off() {
        return new ProgramCache(null, 0);
    }

    /// Whether it may keep something.
    public boolean isOn() {
        return folder != null;
    }

    /// Where it keeps entries, and others may keep what can be made again; null where it keeps nothing.
    public @Nullable Path folder() {
        return folder;
    }

    private static @Nullable Path usual() {
        String home = System.getProperty("user.home", "");
        String system = System.getProperty("os.name", "");
        if (system.startsWith("Windows")) {
            String local = System.getenv("LOCALAPPDATA");
            return local == null || local.isEmpty() ? null : Path.of(local, "nnlang", "cache");
        }
        String shared = System.getenv("XDG_CACHE_HOME");
        if (shared != null && shared.startsWith("/")) {
            return Path.of(shared, "nnlang");
        }
        if (!home.startsWith("/")) {
            return null;
        }
        return system.startsWith("Mac")
                ? Path.of(home, "Library", "Caches", "nnlang")
                : Path.of(home, ".cache", "nnlang");
    }

    /// What was kept under a key, or null.
    byte @Nullable [] read(List<String> key) {
        Path file = file(key);
        if (file == null || !Files.isRegularFile(file)) {
            return null;
        }
        try {
            byte[] all = Files.readAllBytes(file);
            int content = all.length - Long.BYTES;
            if (content < 0 || checksum(all, content) != ending(all, content)) {
                return null;
            }
            var bytes = new ByteArrayInputStream(all, 0, content);
            var in = new DataInputStream(bytes);
            if (in.readInt() != MAGIC || in.readInt() != key.size()) {
                return null;
            }
            for (String part : key) {
                byte[] expected = part.getBytes(StandardCharsets.UTF_8);
                int length = in.readInt();
                int at = content - bytes.available();
                if (length != expected.length
                        || !Arrays.equals(all, at, Math.min(content, at + length), expected, 0, length)) {
                    return null;
                }
                in.skipNBytes(length);
            }
            Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
            return bytes.readAllBytes();
        } catch (IOException _) {
            return null;
        }
    }

    /// Keeps something under a key, in place of what was there.
    void write(List<String> key, byte[] content) {
        Path file = file(key);
        Path into = folder;
        if (file == null || into == null) {
            return;
        }
        var bytes = new ByteArrayOutputStream();
        Path beside = into.resolve(file.getFileName() + "." + ProcessHandle.current().pid() + "-"
                + Thread.currentThread().threadId() + ".tmp");
        try {
            var out = new DataOutputStream(bytes);
            out.writeInt(MAGIC);
            out.writeInt(key.size());
            for (String part : key) {
                byte[] text = part.getBytes(StandardCharsets.UTF_8);
                out.writeInt(text.length);
                out.write(text);
            }
            out.write(content);
            byte[] all = bytes.toByteArray();
            out.writeLong(checksum(all, all.length));
            makeFolder(into);
            try {
                Files.write(beside, bytes.toByteArray());
                move(beside, file);
            } finally {
                Files.deleteIfExists(beside);
            }
            shrink(into, file);
        } catch (IOException _) {
            // What is not kept is compiled again.
            return;
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        // Classes are loaded from here: nobody else may write.
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException _) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private record Kept(Path file, long bytes, long used) {}

    /// Removes what was not asked for longest, until the rest is within bounds, and what killed processes left.
    private void shrink(Path folder, Path newest) throws IOException {
        List<Kept> entries = new ArrayList<>(entries(folder));
        long bytes = entries.stream().mapToLong(Kept::bytes).sum();
        int count = entries.size();
        entries.sort(Comparator.comparingLong(Kept::used));
        for (Kept entry : entries) {
            if (bytes <= maxBytes && count <= MAX_ENTRIES) {
                return;
            }
            if (!entry.file().equals(newest)) {
                Files.deleteIfExists(entry.file());
                bytes -= entry.bytes();
                count--;
            }
        }
    }

    private static List<Kept> entries(Path folder) throws IOException {
        List<Kept> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                try {
                    BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
                    long used = seen.lastModifiedTime().toMillis();
                    if (name.endsWith(SUFFIX)) {
                        entries.add(new Kept(file, seen.size(), used));
                    } else if (name.contains(SUFFIX) && used < System.currentTimeMillis() - ABANDONED_MILLIS) {
                        Files.deleteIfExists(file);
                    }
                } catch (IOException _) {
                    // Another process removed it.
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    /// One line about it: where it is and what it holds.
    public String description() {
        if (folder == null) {
            return "off";
        }
        int count = 0;
        long bytes = 0;
        try {
            if (Files.isDirectory(folder)) {
                for (Kept entry : entries(folder)) {
                    count++;
                    bytes += entry.bytes();
                }
            }
        } catch (IOException e) {
            return folder + ", which cannot be read: " + e.getMessage();
        }
        return folder + ", " + count + (count == 1 ? " program, " : " programs, ") + (bytes + 1023) / 1024 + " KB";
    }

    private @Nullable Path file(List<String> key) {
        if (folder == null) {
            return null;
        }
        long hash = 0xcbf2_9ce4_8422_2325L;
        for (String part : key) {
            for (int i = 0; i < part.length(); i++) {
                hash = (hash ^ part.charAt(i)) * 0x0000_0100_0000_01b3L;
            }
            hash = (hash ^ 0xffff) * 0x0000_0100_0000_01b3L;
        }
        return folder.resolve(Long.toHexString(hash) + SUFFIX);
    }

    private static long checksum(byte[] bytes, int length) {
        var checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return checksum.getValue();
    }

    private static long ending(byte[] bytes, int from) {
        long value = 0;
        for (int i = from; i < bytes.length; i++) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }
}
