// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A rig's data region. */
#include <linux/mm.h>
#include <linux/slab.h>

#include "probe.h"
#include "rig_host.h"

int rig_region_create(struct rig_region *r, u64 bytes, char why[256])
{
	r->pages =
		kvcalloc(bytes >> PAGE_SHIFT, sizeof(*r->pages), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!r->pages) {
		snprintf(why, 256, "no memory for a data region of %llu bytes: ask for less",
			 bytes);
		return -ENOMEM;
	}
	mutex_init(&r->lock);
	r->bytes = bytes;
	return 0;
}

void rig_region_destroy(struct rig_region *r)
{
	for (u64 i = 0; i < r->bytes >> PAGE_SHIFT; i++) {
		if (r->pages[i])
			put_page(r->pages[i]);
	}
	kvfree(r->pages);
}

u64 rig_region_bytes(const struct rig_region *r)
{
	return r->bytes;
}

/* Zeroed: nothing of the kernel's shows. NULL: no memory. */
static struct page *page_at(struct rig_region *r, u64 index)
{
	struct page *page;

	mutex_lock(&r->lock);
	page = r->pages[index];
	if (!page) {
		page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		/* Pairs with the acquire in address(). */
		smp_store_release(&r->pages[index], page);
	}
	mutex_unlock(&r->lock);
	return page;
}

int rig_region_prepare(struct rig_region *r, u64 offset, u32 bytes)
{
	if (!bytes)
		return 0;
	for (u64 i = offset >> PAGE_SHIFT; i <= (offset + bytes - 1) >> PAGE_SHIFT; i++) {
		if (!page_at(r, i))
			return -ENOMEM;
	}
	return 0;
}

/* How much of a copy lies in the page of `offset`. */
static u32 within_page(u64 offset, u32 bytes)
{
	return min_t(u32, bytes, PAGE_SIZE - offset_in_page(offset));
}

static u8 *address(struct rig_region *r, u64 offset)
{
	/* Pairs with the release in page_at(). */
	struct page *page = smp_load_acquire(&r->pages[offset >> PAGE_SHIFT]);

	return (u8 *)page_address(page) + offset_in_page(offset);
}

void rig_region_read(struct rig_region *r, u64 offset, void *to, u32 bytes)
{
	for (u32 n; bytes; bytes -= n, offset += n, to += n) {
		n = within_page(offset, bytes);
		memcpy(to, address(r, offset), n);
	}
}

void rig_region_write(struct rig_region *r, u64 offset, const void *from, u32 bytes)
{
	for (u32 n; bytes; bytes -= n, offset += n, from += n) {
		n = within_page(offset, bytes);
		memcpy(address(r, offset), from, n);
	}
}

static vm_fault_t region_fault(struct vm_fault *vmf)
{
	struct rig_region *r = vmf->vma->vm_private_data;
	struct page *page;

	if (vmf->pgoff >= r->bytes >> PAGE_SHIFT)
		return VM_FAULT_SIGBUS;
	page = page_at(r, vmf->pgoff);
	if (!page)
		return VM_FAULT_OOM;
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct region_ops = {
	.fault = region_fault,
};

int rig_region_mmap(struct rig_region *r, struct vm_area_struct *vma)
{
	u64 start = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 bytes = vma->vm_end - vma->vm_start;

	if (!(vma->vm_flags & VM_SHARED) || start > r->bytes || bytes > r->bytes - start)
		return -EINVAL;
	/* The mapping holds the file, and the file is the lease: a child must not hold it. */
	sluice_vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP | VM_DONTCOPY);
	vma->vm_private_data = r;
	vma->vm_ops = &region_ops;
	return 0;
}
