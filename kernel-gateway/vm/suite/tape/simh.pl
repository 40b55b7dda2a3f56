#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The blocks of one file of a SIMH magnetic tape image: simh.pl N <IMAGE. Written from SIMH's description of the format, to judge ours.
use strict;
use warnings;

my $wanted = shift // die "usage: simh.pl N <IMAGE\n";
my $file   = 0;
binmode STDIN;
binmode STDOUT;

sub take {
    my ($length) = @_;
    my $bytes = '';
    while ( length $bytes < $length ) {
        read STDIN, $bytes, $length - length $bytes, length $bytes or die "the image ends within an object of file $file\n";
    }
    return $bytes;
}

while () {
    my $word = unpack 'V', take(4);
    last if $word == 0xFFFFFFFF;
    if ( $word == 0 ) {
        $file++;
        next;
    }
    die sprintf "length word %08x in file %d\n", $word, $file if $word & 0xFF000000;
    my $block = take($word);
    take(1) if $word % 2;
    my $trailer = unpack 'V', take(4);
    die "a block of file $file begins with length $word and ends with $trailer\n" if $trailer != $word;
    print $block if $file == $wanted;
}
read( STDIN, my $behind, 1 ) and die "something is behind the end of the medium\n";
