package org.nnlang.runtime.fused;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.kernel.Machine;

/// The kernels of an image's fused programs, shared by all its instances, so that what one has warmed serves the others.
public final class FusedTiers {
    private final List<FusedKernel> kernels;

    /// @param generated code for some of the programs, or null
    /// @param tier which code to run
    public FusedTiers(List<FusedProgram> programs, @Nullable GeneratedKernels generated, Tier tier) {
        FusedKernel[] chosen = new FusedKernel[programs.size()];
        for (int program = 0; program < chosen.length; program++) {
            FusedKernel code = generated != null && generated.has(program) ? generated.kernel(program) : null;
            chosen[program] = choose(programs.get(program), code, tier);
        }
        kernels = List.of(chosen);
    }

    private static FusedKernel choose(
            FusedProgram program, @Nullable FusedKernel generated, Tier tier) {
        if (!Machine.vectors() || tier == Tier.SCALAR) {
            return TileExecutor.scalar(program);
        }
        FusedKernel tiles = TileExecutor.vectors(program);
        return switch (tier) {
            case AUTO -> new TieredKernel(program, TileExecutor.scalar(program), tiles, generated, KernelWarmer.SHARED);
            case GENERATED -> generated == null ? tiles : generated;
            case TILE, SCALAR -> tiles;
        };
    }

    /// The kernel of program `program`.
    public FusedKernel kernel(int program) {
        return kernels.get(program);
    }

    /// Whether program `program` now runs on generated code.
    public boolean isGenerated(int program) {
        FusedKernel kernel = kernels.get(program);
        return kernel instanceof TieredKernel tiered ? tiered.isGenerated() : !(kernel instanceof TileExecutor);
    }
}
