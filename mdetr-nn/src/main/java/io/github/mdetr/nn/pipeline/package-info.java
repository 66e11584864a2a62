/** From a photograph and a caption to boxes and the phrases they belong to. */
@NullMarked
package io.github.mdetr.nn.pipeline;

import org.jspecify.annotations.NullMarked;
