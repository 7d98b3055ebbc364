package org.nnlang.runtime.program;

import org.nnlang.runtime.fused.Tier;

/// How an [Instance] runs; all ways give the same bits.
///
/// @param tier what runs fused loops
public record Options(Tier tier) {
    /// What an ordinary run wants: the tier that the system property `nn.tier` names, or the automatic one.
    public static Options usual() {
        return new Options(Tier.ofProperty());
    }
}
