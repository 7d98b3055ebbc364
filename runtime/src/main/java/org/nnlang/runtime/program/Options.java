package org.nnlang.runtime.program;

import org.nnlang.runtime.fused.FusedKernel;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.TileExecutor;
import org.nnlang.runtime.kernel.Machine;

/// How an [Instance] runs; all ways give the same bits.
///
/// @param tier what runs fused loops
public record Options(Tier tier) {

    /// What runs fused loops.
    public enum Tier {
        /// The fastest this virtual machine has.
        AUTOMATIC,
        /// Vector loops over tiles.
        TILES,
        /// Plain loops.
        SCALAR;

        FusedKernel kernel(FusedProgram program) {
            return switch (this) {
                case AUTOMATIC -> Machine.vectors() ? TileExecutor.vectors(program) : TileExecutor.scalar(program);
                case TILES -> TileExecutor.vectors(program);
                case SCALAR -> TileExecutor.scalar(program);
            };
        }
    }

    /// What an ordinary run wants.
    public static Options usual() {
        return new Options(Tier.AUTOMATIC);
    }
}
