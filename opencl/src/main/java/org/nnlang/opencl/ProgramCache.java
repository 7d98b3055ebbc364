package org.nnlang.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.nnlang.opencl.driver.Driver;
import org.nnlang.opencl.driver.OpenClException;

/// Builds programs, and keeps what the driver made of them on disk. A file is named by a hash of all that matters (source,
/// options, device and driver), and its checksum is looked at, as some drivers take damaged binaries without a word.
///
/// They lie in the folder that the property `nn.opencl.cache` names (`off` for none), or among the user's caches. PoCL's are kept
/// only where that is asked for: it keeps what it compiles itself, and when asked for a binary it compiles every kernel once more, for any
/// size of a group.
final class ProgramCache {
    static final String PROPERTY = "nn.opencl.cache";

    /// One program at a time: PoCL 3.1, compiling for two contexts at once, may look for a file that it has moved away.
    private static final Object BUILDING = new Object();

    /// What PoCL 3.1 says when it has lost a file of its own: the source has nothing to do with it. Its LLVM deletes what it is writing
    /// when a signal meets its handler, which is there while it builds for the first time.
    private static final String LOST = "unable to rename temporary";

    private static final int TRIES = 8;
    private static final long PAUSE_NANOS = 100_000_000;

    private final Driver driver;
    private final long context;
    private final long device;
    private final String options;
    private final String machine;
    private final @Nullable Path folder;

    /// @param machine what else a binary depends on
    /// @param keepsItself whether the driver keeps what it compiles
    ProgramCache(Driver driver, long context, long device, String options, String machine, boolean keepsItself) {
        this.driver = driver;
        this.context = context;
        this.device = device;
        this.options = options;
        this.machine = machine;
        folder = keepsItself && System.getProperty(PROPERTY) == null ? null : folder();
    }

    /// Where files are kept; null for nowhere.
    static @Nullable Path folder() {
        String wanted = System.getProperty(PROPERTY);
        if (wanted != null) {
            return wanted.equals("off") ? null : Path.of(wanted);
        }
        String caches = System.getenv("XDG_CACHE_HOME");
        Path all = caches == null || caches.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(caches);
        return all.resolve("nnlang").resolve("opencl");
    }

    /// The compiler rejects a source.
    static final class Rejected extends Exception {
        private static final long serialVersionUID = 1;
        private final String log;

        Rejected(String log) {
            super("rejected");
            this.log = log;
        }

        String log() {
            return log;
        }
    }

    /// Names a folder that receives every source, for those who look for what a compiler rejects.
    static final String DUMP = "nn.opencl.dump";

    private static void dump(String source) {
        String dump = System.getProperty(DUMP);
        if (dump != null) {
            try {
                String name = HexFormat.of().formatHex(KeptFile.hash(source.getBytes(StandardCharsets.UTF_8)), 0, 8);
                Files.writeString(Files.createDirectories(Path.of(dump)).resolve(name + ".cl"), source);
            } catch (IOException e) {
                System.getLogger(ProgramCache.class.getName()).log(System.Logger.Level.WARNING, "cannot write " + dump,
                        e);
            }
        }
    }

    /// A built program, to be released by the caller.
    long build(String source) throws Rejected {
        dump(source);
        Path file = folder == null
                ? null
                : folder.resolve(
                        HexFormat.of().formatHex(
                                KeptFile.hash(
                                        (machine + "\n" + options + "\n" + source).getBytes(StandardCharsets.UTF_8)))
                                + ".bin");
        long kept = file == null ? 0 : load(file);
        if (kept != 0) {
            return kept;
        }
        long program = compile(source, TRIES);
        if (file != null) {
            store(file, program);
        }
        return program;
    }

    /// @param tries how often, where the driver loses what it writes
    private long compile(String source, int tries) throws Rejected {
        long program = driver.createProgram(context, source);
        try {
            synchronized (BUILDING) {
                driver.build(program, device, options);
            }
            return program;
        } catch (OpenClException e) {
            String log = "";
            try {
                log = driver.buildLog(program, device);
            } catch (OpenClException ignored) {
                e.addSuppressed(ignored);
            }
            OpenClAccelerator.quietly(() -> driver.releaseProgram(program));
            if (e.code() != OpenClException.BUILD_PROGRAM_FAILURE) {
                throw e;
            }
            if (log.contains(LOST) && tries > 1) {
                LockSupport.parkNanos(PAUSE_NANOS);
                return compile(source, tries - 1);
            }
            throw new Rejected(log.isEmpty() ? String.valueOf(e.getMessage()) : log);
        }
    }

    private long load(Path file) {
        byte[] binary = KeptFile.read(file);
        if (binary == null) {
            return 0;
        }
        long program = 0;
        try {
            program = driver.createProgram(context, device, binary);
            if (program != 0) {
                driver.build(program, device, options);
            }
            return program;
        } catch (OpenClException e) {
            long broken = program;
            if (broken != 0) {
                OpenClAccelerator.quietly(() -> driver.releaseProgram(broken));
            }
            return 0;
        }
    }

    /// A cache that cannot be written costs time, and is no reason to stop.
    private void store(Path file, long program) {
        try {
            KeptFile.write(file, driver.binary(program));
        } catch (IOException | OpenClException e) {
            System.getLogger(ProgramCache.class.getName()).log(System.Logger.Level.DEBUG, "cannot keep " + file, e);
        }
    }
}
