package org.nnlang.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Files of the cache: they begin with a hash of the rest, and are moved into place whole, so that several processes may share them.
final class KeptFile {
    private KeptFile() {}

    /// What was kept, or null where there is nothing, or nothing whole.
    static byte @Nullable [] read(Path file) {
        try {
            if (!Files.exists(file)) {
                return null;
            }
            byte[] all = Files.readAllBytes(file);
            boolean whole = all.length >= 32
                    && Arrays.equals(all, 0, 32, hash(Arrays.copyOfRange(all, 32, all.length)), 0, 32);
            return whole ? Arrays.copyOfRange(all, 32, all.length) : null;
        } catch (IOException e) {
            return null;
        }
    }

    static void write(Path file, byte[] content) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " is no file");
        }
        Files.createDirectories(folder);
        Path beside = Files.createTempFile(folder, "new", ".tmp");
        try {
            byte[] all = Arrays.copyOf(hash(content), 32 + content.length);
            System.arraycopy(content, 0, all, 32, content.length);
            Files.write(beside, all);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
