package org.nnlang.opencl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nnlang.opencl.code.Translation;

/// The kernels of a device, each compiled once for all images that have it: for the steps of a training, its validation, and
/// what makes its first weights. They are kept as long as an image that is bound has them.
final class SharedKernels {
    private final OpenClAccelerator accelerator;
    private final Map<String, Place> places = new HashMap<>();

    SharedKernels(OpenClAccelerator accelerator) {
        this.accelerator = accelerator;
    }

    /// A program of the driver's, with the sources of its kernels.
    private static final class Built {
        final long program;
        final List<String> sources;
        int users;

        Built(long program, List<String> sources) {
            this.program = program;
            this.sources = sources;
        }
    }

    /// Where a kernel is to be had.
    private record Place(Built built, String name) {}

    /// The kernels of an image.
    final class Use implements AutoCloseable {
        private final Map<String, Place> own;
        private final Set<Built> programs = new LinkedHashSet<>();

        private Use(Map<String, Place> own) {
            this.own = own;
            own.values().forEach(place -> programs.add(place.built));
        }

        /// A kernel object, to be released by the caller.
        long create(String source) {
            Place place = Objects.requireNonNull(own.get(source));
            return accelerator.driver.createKernel(place.built.program, place.name);
        }

        @Override
        public void close() {
            unuse(programs);
        }
    }

    /// The kernels of a translation. Those that are not there yet are compiled, as one program.
    ///
    /// @param what for people
    synchronized Use of(Translation translation, String what) {
        Set<String> sources = translation.sources();
        List<String> missing = new ArrayList<>(sources);
        missing.removeIf(places::containsKey);
        if (!missing.isEmpty()) {
            var built = new Built(accelerator.build(translation.program(missing), what), List.copyOf(missing));
            for (int i = 0; i < missing.size(); i++) {
                places.put(missing.get(i), new Place(built, Translation.name(i)));
            }
        }
        Map<String, Place> own = new HashMap<>();
        sources.forEach(source -> own.put(source, Objects.requireNonNull(places.get(source))));
        var use = new Use(own);
        use.programs.forEach(built -> built.users++);
        return use;
    }

    private synchronized void unuse(Set<Built> programs) {
        for (Built built : programs) {
            if (--built.users == 0) {
                built.sources.forEach(places::remove);
                OpenClAccelerator.quietly(() -> accelerator.driver.releaseProgram(built.program));
            }
        }
    }
}
