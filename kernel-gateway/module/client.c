// SPDX-License-Identifier: GPL-2.0-only OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "client.h"
#include "control/operation.h"
#include "pending.h"
#include "rig_host.h"
#include "scsi_host.h"

/* No request is longer. */
#define PACKET_MAX  1024
/* Replies kept for a client that does not read. */
#define REPLIES_MAX 4352

struct reply {
	struct list_head link;
	u32 len;
	u8 bytes[]; /* header and body */
};

/* ---- What operations ask (control/client.h) ------------------------------------------ */

struct sl_gateway *client_gateway(struct client *c)
{
	return sluice_host.gateway;
}

u64 client_now(struct client *c)
{
	return sluice_now();
}

u32 client_role(const struct client *c)
{
	return c->role;
}

int client_introduce(struct client *c, const struct sluice_hello *hello, struct sluice_hello *reply,
		     char why[256])
{
	c->role = hello->role;
	memcpy(c->name, hello->name, sizeof(c->name));
	/* The gateway is no process. */
	reply->pid = 0;
	strscpy(reply->name, "sluice.ko", sizeof(reply->name));
	return 0;
}

void client_luns_changed(struct client *c)
{
	sluice_scsi_host_rescan();
}

void client_log(struct client *c, bool grave, const char *format, ...)
{
	struct va_format vaf = { .fmt = format };
	va_list args;

	va_start(args, format);
	vaf.va = &args;
	if (grave)
		pr_err_ratelimited("%.*s[%d]: %pV\n", SLUICE_NAME_LEN, c->name, c->pid, &vaf);
	else
		pr_info_ratelimited("%.*s[%d]: %pV\n", SLUICE_NAME_LEN, c->name, c->pid, &vaf);
	va_end(args);
}

void client_target_leaves(struct client *c, const char *target)
{
	sluice_target_leaves(target);
}

int client_credentials(struct client *c, const struct sluice_auth *a, char why[256])
{
	snprintf(
		why, 256,
		"the module has no iSCSI of its own: set credentials where its devices are exported");
	return -EOPNOTSUPP;
}

/* ---- Replies ----------------------------------------------------------------------------- */

static void send(struct client *c, const struct sluice_msg *to, int status, const void *body,
		 u32 len)
{
	struct sluice_msg head = { .op = to->op, .id = to->id, .status = status, .len = len };
	struct reply *r = kmalloc(struct_size(r, bytes, sizeof(head) + len), GFP_KERNEL_ACCOUNT);

	if (!r) {
		/* Who waits for it hears that it does not come. */
		WRITE_ONCE(c->lost, true);
		wake_up(&c->wait);
		return;
	}
	r->len = sizeof(head) + len;
	memcpy(r->bytes, &head, sizeof(head));
	memcpy(r->bytes + sizeof(head), body, len);
	spin_lock_bh(&c->reply_lock);
	list_add_tail(&r->link, &c->replies);
	c->n_replies++;
	spin_unlock_bh(&c->reply_lock);
	wake_up(&c->wait);
}

void client_reply(struct client *c, const struct sluice_msg *to, const void *body, u32 len)
{
	send(c, to, 0, body, len);
}

void client_fail(struct client *c, const struct sluice_msg *to, int err, const char *format, ...)
{
	struct sluice_error error = {};
	va_list args;

	va_start(args, format);
	vsnprintf(error.text, sizeof(error.text), format, args);
	va_end(args);
	send(c, to, err, &error, sizeof(error));
}

/* ---- Turns --------------------------------------------------------------------------------- */

void client_lock(struct client *c)
{
	mutex_lock(&c->lock);
	c->has_turn = c->role == SLUICE_ROLE_RIG;
	if (c->has_turn)
		rigs_lock();
}

void client_unlock(struct client *c)
{
	if (c->has_turn)
		rigs_unlock();
	mutex_unlock(&c->lock);
}

/* NULL: it has none yet. */
static struct sluice_session *session_of(struct client *c)
{
	/* Pairs with the release in client_session_open(). */
	return smp_load_acquire(&c->session);
}

/* Its ring is broken: nothing more is done for it. */
static bool is_over(struct client *c)
{
	struct sluice_session *s = session_of(c);

	return s && sluice_session_is_broken(s);
}

/* With the lock: its turn has come. Operations are answered in their order. */
static int take_turn(struct client *c, bool may_wait)
{
	for (;;) {
		client_lock(c);
		if (!pending_waits(c))
			return 0;
		client_unlock(c);
		if (!may_wait)
			return -EAGAIN;
		if (wait_event_interruptible(c->wait, !pending_waits(c)))
			return -ERESTARTSYS;
	}
}

/* ---- The file --------------------------------------------------------------------------- */

static int client_open(struct inode *inode, struct file *file)
{
	struct client *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);

	if (!c)
		return -ENOMEM;
	mutex_init(&c->lock);
	spin_lock_init(&c->reply_lock);
	INIT_LIST_HEAD(&c->replies);
	init_waitqueue_head(&c->wait);
	c->pid = task_tgid_nr(current);
	file->private_data = c;
	return stream_open(inode, file);
}

static int client_release(struct inode *inode, struct file *file)
{
	struct client *c = file->private_data;
	struct reply *r, *next;

	pending_abandon(c);
	if (c->session)
		sluice_session_close(c->session);
	if (c->rig) {
		rigs_lock();
		rig_close(c->rig);
		rigs_unlock();
	}
	sl_free(c->restore);
	list_for_each_entry_safe(r, next, &c->replies, link)
		kfree(r);
	kfree(c);
	return 0;
}

static ssize_t client_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	struct client *c = file->private_data;
	struct sluice_msg head;
	u8 *packet;
	int err;

	if (is_over(c))
		return -EPIPE;
	if (len < sizeof(head) || len > PACKET_MAX)
		return -EMSGSIZE;
	if (READ_ONCE(c->n_replies) >= REPLIES_MAX)
		return -ENOBUFS;
	packet = memdup_user(from, len);
	if (IS_ERR(packet))
		return PTR_ERR(packet);
	memcpy(&head, packet, sizeof(head));
	err = take_turn(c, !(file->f_flags & O_NONBLOCK));
	if (!err) {
		operation_run(c, &head, packet + sizeof(head), len - sizeof(head));
		client_unlock(c);
	}
	kfree(packet);
	return err ? err : len;
}

/* Off the list it is the caller's. What has no room stays there, where another reader may take it at any time. */
static struct reply *take_reply(struct client *c, size_t room)
{
	struct reply *r;

	spin_lock_bh(&c->reply_lock);
	r = list_first_entry_or_null(&c->replies, struct reply, link);
	if (r && r->len > room) {
		r = ERR_PTR(-EMSGSIZE);
	} else if (r) {
		list_del(&r->link);
		c->n_replies--;
	}
	spin_unlock_bh(&c->reply_lock);
	return r;
}

static bool has_news(struct client *c)
{
	return READ_ONCE(c->n_replies) || READ_ONCE(c->lost) || is_over(c);
}

/* One packet, whole: -EMSGSIZE leaves it there. 0: the session is broken, and nothing more comes. */
static ssize_t client_read(struct file *file, char __user *to, size_t room, loff_t *at)
{
	struct client *c = file->private_data;
	struct reply *r;
	ssize_t result;

	while (!(r = take_reply(c, room))) {
		if (xchg(&c->lost, false))
			return -ENOMEM;
		if (is_over(c))
			return 0;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(c->wait, has_news(c)))
			return -ERESTARTSYS;
	}
	if (IS_ERR(r))
		return PTR_ERR(r);
	result = copy_to_user(to, r->bytes, r->len) ? -EFAULT : r->len;
	kfree(r);
	return result;
}

static __poll_t client_poll(struct file *file, poll_table *wait)
{
	struct client *c = file->private_data;
	__poll_t events = 0;

	poll_wait(file, &c->wait, wait);
	if (!pending_waits(c))
		events |= EPOLLOUT | EPOLLWRNORM;
	if (has_news(c))
		events |= EPOLLIN | EPOLLRDNORM;
	if (is_over(c))
		events |= EPOLLERR | EPOLLHUP;
	return events;
}

static int client_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct client *c = file->private_data;
	struct sluice_session *s = session_of(c);
	int err = -ENODEV;

	if (s)
		return sluice_session_mmap(s, vma);
	mutex_lock(&c->lock);
	if (c->rig)
		err = rig_region_mmap(rig_data(c->rig), vma);
	mutex_unlock(&c->lock);
	return err;
}

static long client_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct client *c = file->private_data;
	struct sluice_session *s = session_of(c);
	struct sluice_enter enter;

	if (command != SLUICE_IOC_ENTER && command != SLUICE_IOC_WAKE)
		return -ENOTTY;
	if (!s)
		return -ENODEV;
	if (command == SLUICE_IOC_WAKE)
		return sluice_session_wake_queue(s, argument);
	if (copy_from_user(&enter, (void __user *)argument, sizeof(enter)))
		return -EFAULT;
	return sluice_session_enter(s, &enter);
}

static const struct file_operations client_file = {
	.owner = THIS_MODULE,
	.open = client_open,
	.release = client_release,
	.write = client_write,
	.read = client_read,
	.poll = client_poll,
	.mmap = client_mmap,
	.unlocked_ioctl = client_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sluice",
	.fops = &client_file,
	.mode = 0600,
};

int sluice_device_file_start(void)
{
	return misc_register(&node);
}

void sluice_device_file_stop(void)
{
	misc_deregister(&node);
}
