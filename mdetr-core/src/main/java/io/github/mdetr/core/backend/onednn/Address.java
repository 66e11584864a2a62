package io.github.mdetr.core.backend.onednn;

import org.bytedeco.javacpp.Pointer;

/** A native address as JavaCPP wants it; owns nothing. */
final class Address extends Pointer {
    Address(long address) {
        this.address = address;
    }
}
