// SPDX-License-Identifier: Apache-2.0
package io.sluice.handler;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs for every command: no allocation, logging, exception, lock or boxed value inside. {@code docs/hot-path.md} lists
 * these methods, and a test runs them for a million commands and finds zero bytes on the heap.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface HotPath {}
